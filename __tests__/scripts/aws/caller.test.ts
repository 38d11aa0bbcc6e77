import { requireAccount } from "../../../scripts/lib/aws/caller";
import type { Environment } from "../../../stacks/config/environment";
import { createCredentialEnvironment } from "../../support/credential-cases";
import { restoreEnvironment, setEnvironment } from "../../support/environment";
import { ACCOUNT, FakeSts } from "../../support/fake-sts";
import { removeTemporaryDirectories } from "../../support/stage";

const awsTarget = { region: "us-west-2", profile: "x" };

let sts: FakeSts;

beforeAll(async () => {
  sts = await FakeSts.start();
});

beforeEach(() => {
  sts.clear();
  setEnvironment(createCredentialEnvironment(sts.endpoint, {}));
});

afterEach(restoreEnvironment);

afterAll(async () => {
  await sts.stop();
  removeTemporaryDirectories();
});

/** Checks the account, and returns the lines that are logged. */
async function check(
  settings: Environment,
  origins?: Environment,
): Promise<readonly string[]> {
  const lines: string[] = [];
  await requireAccount(
    { settings, ...(origins && { origins }), awsTarget },
    (line) => lines.push(line),
  );
  return lines;
}

describe("the account of a command that changes something", () => {
  test("is logged once, with the caller, if it is that of the settings or they have none", async () => {
    expect(await check({ AWS_ACCOUNT_ID: ACCOUNT })).toEqual([
      `Account ${ACCOUNT}, caller arn:aws:iam::${ACCOUNT}:user/AKIA-X`,
    ]);
    expect(await check({})).toEqual([]);
  });

  test.each([
    [{}, ""],
    [{ AWS_ACCOUNT_ID: "the environment" }, ""],
    [{ AWS_ACCOUNT_ID: ".env.dev" }, ".env.dev: "],
  ])("fails when it is another, with origins %j", async (origins, start) => {
    await expect(
      check({ AWS_ACCOUNT_ID: "999999999999" }, origins),
    ).rejects.toMatchObject({
      message: `${start}AWS_ACCOUNT_ID must be the account of the credentials, got "999999999999" with credentials of "${ACCOUNT}" (arn:aws:iam::${ACCOUNT}:user/AKIA-X)`,
      hint: "name a profile of account 999999999999 with --profile, or correct AWS_ACCOUNT_ID",
    });
    expect(sts.actions).toEqual(["GetCallerIdentity"]);
  });
});
