import { replaceDependencies } from "./project-copy";

const manifest = {
  name: "a",
  dependencies: { c: "1" },
  devDependencies: { b: "1.0.0", d: "2" },
};

test("replaces dependencies and retains everything else", () => {
  expect(replaceDependencies(manifest, { b: "npm:other@2" })).toEqual({
    ...manifest,
    devDependencies: { b: "npm:other@2", d: "2" },
  });
});

test("fails when the project does not depend on a replaced package", () => {
  expect(() => replaceDependencies(manifest, { c: "npm:other@2" })).toThrow(
    "package.json must have c in devDependencies",
  );
});
