/** The schema of specs, as far as completion reads it: what may stand at a path. */

export interface Schema {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

/** A step from the root: a key, an item of a list (null), or an item with a type of its own. */
export interface Step {
  readonly key: string | null;
  /** The `type:` that stands beside, where what is stepped into is a mapping that has one. */
  readonly kind: string | null;
}

export function resolved(root: Schema, schema: Schema | undefined): Schema | undefined {
  const name = schema?.$ref
    ?.replace(/^#\/\$defs\//, "")
    .replaceAll("~1", "/")
    .replaceAll("~0", "~");
  return name === undefined ? schema : resolved(root, root.$defs?.[decodeURIComponent(name)]);
}

/** What may stand at the end of a path; undefined where the schema says nothing of it. */
export function schemaAt(root: Schema, path: readonly Step[]): Schema | undefined {
  let at: Schema | undefined = root;
  for (const { key, kind } of path) {
    at = resolved(root, at);
    if (!at) return undefined;
    at = key === null ? resolved(root, at.items) : resolved(root, propertiesOf(root, at)[key] ?? other(at));
    // A layer has the options of its type beside those of every entry.
    const own: Schema | undefined = kind === null ? undefined : root.$defs?.[kind];
    if (at?.properties && own?.properties && "type" in at.properties) {
      at = { ...at, properties: { ...at.properties, ...own.properties } };
    }
  }
  return resolved(root, at);
}

export function propertiesOf(root: Schema, schema: Schema): Readonly<Record<string, Schema>> {
  const parts = [...(schema.anyOf ?? []), ...(schema.allOf ?? [])];
  const inner = parts.map((part) => resolved(root, part)?.properties ?? {});
  return Object.assign({}, ...inner, schema.properties ?? {}) as Record<string, Schema>;
}

/** Plain values that may stand there, each with what is said of it. */
export function valuesOf(root: Schema, schema: Schema): [value: string, said: string][] {
  const found = (schema.enum ?? []).map((value): [string, string] => [plain(value), ""]);
  if (schema.const !== undefined) found.push([plain(schema.const), schema.description ?? ""]);
  if ([schema.type].flat().includes("boolean")) found.push(["true", ""], ["false", ""]);
  for (const part of schema.anyOf ?? []) found.push(...valuesOf(root, resolved(root, part) ?? {}));
  if (found.length === 0) for (const each of schema.examples ?? []) found.push([plain(each), "an example"]);
  return found;
}

function other(schema: Schema): Schema | undefined {
  return typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined;
}

function plain(value: unknown): string {
  return typeof value === "string"
    ? value
    : JSON.stringify(value)
        .replace(/"([A-Za-z_$][\w$]*)"/g, "$1")
        .replace(/([,:])/g, "$1 ");
}
