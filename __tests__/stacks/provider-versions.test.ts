import {
  findProviderFeature,
  formatProviderVersions,
  type ProviderFeature,
} from "../../stacks/provider-versions";

describe("the versions of the AWS provider", () => {
  test.each<[readonly ProviderFeature[], string]>([
    [[], ">= 5.100.0, < 7.0.0"],
    [["log delivery"], ">= 6.5.0, < 7.0.0"],
    [["managed login branding"], ">= 6.13.0, < 7.0.0"],
    [["managed login branding", "log delivery"], ">= 6.13.0, < 7.0.0"],
    [["log delivery", "managed login branding"], ">= 6.13.0, < 7.0.0"],
  ])("of a stack with %j are %s", (features, versions) => {
    expect(formatProviderVersions(features)).toBe(versions);
  });

  test("name the feature that requires them", () => {
    expect(findProviderFeature("6.13.0")).toEqual({
      name: "managed login branding",
      removal: "remove addBranding from main.ts",
    });
    expect(findProviderFeature("5.100.0")).toBeUndefined();
  });
});
