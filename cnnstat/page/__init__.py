"""The page of `report` and `serve`: its source in TypeScript, and what is built of it and shipped."""
