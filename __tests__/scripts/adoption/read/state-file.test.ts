import { TerraformConfiguration } from "../../../../scripts/lib/adoption/read/terraform-configuration";
import {
  createEmptyState,
  getManagedIds,
  parseStateFile,
  setGenerateSecret,
  type StateFile,
} from "../../../../scripts/lib/adoption/read/state-file";

const CODE = new TerraformConfiguration(
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

describe("a stage's state", () => {
  test("gets each client's generate_secret as the code has it, and the next serial", () => {
    const changed = setGenerateSecret(state(null, null), CODE);
    expect(changed).toEqual({ ...state(true, false), serial: 4 });
  });

  test("is not written where every client has it", () => {
    expect(setGenerateSecret(state(true, false), CODE)).toBeUndefined();
  });

  test("keeps a client's that is not as the code has it, which a plan then shows", () => {
    const changed = setGenerateSecret(state(false, null), CODE);
    expect(changed?.resources[0]).toEqual(state(false).resources[0]);
  });

  test("tells the address and the id of each resource, and of no data", () => {
    const some = state(true);
    const data = { ...some.resources[0], mode: "data" } as never;
    expect([
      ...getManagedIds({ ...some, resources: [...some.resources, data] }),
    ]).toEqual([["aws_cognito_user_pool_client.service", "id0"]]);
    expect(getManagedIds(undefined).size).toBe(0);
  });

  test("has nothing of what a killed run was only about to make", () => {
    const some = state(true);
    const named = { ...some.resources[0], instances: [] } as never;
    expect(getManagedIds({ ...some, resources: [named] }).size).toBe(0);
  });

  test("that is emptied is the next of the same lineage", () => {
    expect(createEmptyState(state(true))).toMatchObject({
      serial: 4,
      lineage: "one",
      resources: [],
    });
  });

  test("is none where nothing is pulled", () => {
    expect(parseStateFile("\n")).toBeUndefined();
    expect(parseStateFile(JSON.stringify(state(true)))).toEqual(state(true));
  });

  test("fails when it is of another version", () => {
    expect(() => parseStateFile('{"version":3}')).toThrow(
      /must be of version 4/,
    );
  });
});
