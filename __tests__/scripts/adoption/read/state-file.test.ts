import { TerraformConfiguration } from "../../../../scripts/lib/adoption/read/terraform-configuration";
import {
  createEmptyState,
  getManagedIds,
  parseStateFile,
  setGenerateSecret,
  type StateFile,
} from "../../../../scripts/lib/adoption/read/state-file";

const CONFIGURATION = new TerraformConfiguration(
  JSON.stringify({
    resource: {
      aws_cognito_user_pool_client: {
        service: { generate_secret: true },
        people: { generate_secret: false },
      },
    },
  }),
);

function state(...secrets: readonly (boolean | null)[]): StateFile {
  return {
    version: 4,
    serial: 3,
    lineage: "one",
    resources: secrets.map((generate_secret, index) => ({
      mode: "managed",
      type: "aws_cognito_user_pool_client",
      name: ["service", "people"][index] ?? "",
      instances: [{ attributes: { id: `id${index}`, generate_secret } }],
    })),
  };
}

describe("a state file", () => {
  test("receives the configured generate_secret of each client, and the next serial", () => {
    const changed = setGenerateSecret(state(null, null), CONFIGURATION);
    expect(changed).toEqual({ ...state(true, false), serial: 4 });
  });

  test("is unchanged if every client has a value", () => {
    expect(
      setGenerateSecret(state(true, false), CONFIGURATION),
    ).toBeUndefined();
  });

  test("retains a value that differs from the configuration", () => {
    const changed = setGenerateSecret(state(false, null), CONFIGURATION);
    expect(changed?.resources[0]).toEqual(state(false).resources[0]);
  });

  test("lists the ids of managed resources, and of no data source", () => {
    const some = state(true);
    const data = { ...some.resources[0], mode: "data" } as never;
    expect([
      ...getManagedIds({ ...some, resources: [...some.resources, data] }),
    ]).toEqual([["aws_cognito_user_pool_client.service", "id0"]]);
    expect(getManagedIds(undefined).size).toBe(0);
  });

  test("contains no resource that a killed run did not create", () => {
    const some = state(true);
    const named = { ...some.resources[0], instances: [] } as never;
    expect(getManagedIds({ ...some, resources: [named] }).size).toBe(0);
  });

  test("has the same lineage and the next serial when it is emptied", () => {
    expect(createEmptyState(state(true))).toMatchObject({
      serial: 4,
      lineage: "one",
      resources: [],
    });
  });

  test("is undefined if the output is empty", () => {
    expect(parseStateFile("\n")).toBeUndefined();
    expect(parseStateFile(JSON.stringify(state(true)))).toEqual(state(true));
  });

  test("fails when it has another version", () => {
    expect(() => parseStateFile('{"version":3}')).toThrow(
      /must have version 4/,
    );
  });
});
