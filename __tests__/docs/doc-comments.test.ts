import { ENTRY_SOURCES, PublicApi } from "../support/public-api";

/** Types that code reads, or whose keys are those of a document of AWS. */
const WITHOUT_DEFAULTS = [
  "AttributeMapping",
  "AwsCredentials",
  "IdentityStatement",
  "PolicyStatement",
  "TokenClaims",
  "AccessTokenClaims",
  "IdTokenClaims",
];

const api = new PublicApi(ENTRY_SOURCES);

describe.each([
  ["stacks/index.ts", 25],
  ["constructs/index.ts", 180],
  ["scripts/lib/client/index.ts", 40],
])("the doc comments of %s", (file, count) => {
  const items = api.listExports(file);

  test("begin with a summary, for each export", () => {
    expect(items.length).toBeGreaterThan(count);
    const wrong = items.filter(
      ({ summary }) => !/^[A-Z`"{$][^]*?[.:](\s|$)/.test(summary),
    );
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  test("describe each public method", () => {
    const methods = items.flatMap(({ name }) =>
      api
        .listMethods(file, name)
        .map((method) => [`${name}.${method.name}`, method.summary]),
    );
    expect(methods.length).toBeGreaterThan(5);
    expect(methods.filter(([, summary]) => summary === "")).toEqual([]);
  });

  test("have the default of each optional property", () => {
    const classes = api.listClasses(file).map(({ name }) => name);
    const properties = items
      .filter(
        ({ name }) =>
          !classes.includes(name) && !WITHOUT_DEFAULTS.includes(name),
      )
      .flatMap(({ name }) =>
        api
          .listProperties(file, name)
          .filter(({ isOptional }) => isOptional)
          .map((property) => ({
            ...property,
            name: `${name}.${property.name}`,
          })),
      );
    expect(properties.length).toBeGreaterThan(15);
    const wrong = properties.filter(
      ({ defaultText }) => defaultText === undefined || defaultText === "",
    );
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });
});

test("the doc comment of each construct names a page of AWS or Terraform", () => {
  const constructs = api
    .listClasses("constructs/index.ts")
    .filter(({ name }) => name !== "UserError");
  expect(constructs.length).toBeGreaterThan(20);
  expect(
    constructs.filter(
      ({ page }) =>
        !/^https:\/\/(docs\.aws\.amazon|developer\.hashicorp)\.com\/\S+$/.test(
          page,
        ),
    ),
  ).toEqual([]);
});
