/** Style sheets are collected by the build: importing one gives nothing. */
declare module "*.css";
