import { describeLocal, expectSuccess } from "../support/deployment";
import { deployWithoutFault } from "../support/fault-runs";
import { FaultStage } from "../support/fault-stage";
import { removeTemporaryDirectories } from "../support/stage";

jest.setTimeout(300_000);

let stage: FaultStage;
let whole: readonly string[];

beforeAll(async () => {
  if (describeLocal !== describe) return;
  stage = await FaultStage.start(1, { DELETION_PROTECTION: "true" });
  whole = await deployWithoutFault(stage);
}, 300_000);

afterAll(async () => {
  if (describeLocal === describe) await stage.stop();
  removeTemporaryDirectories();
});

describeLocal("a stage that protects its user pool from deletion", () => {
  test("converges when the call that makes the user pool fails", async () => {
    await stage.reset();
    const struck = await stage.run("apply", {
      call: "CreateUserPool",
      fault: "denied",
    });
    expect([struck.code, struck.failed]).toEqual([1, "CreateUserPool"]);
    const { took, last } = await stage.retry("apply");
    expect([took, last.code]).toEqual([[], 0]);
    expect(await stage.listResources()).toEqual(whole);
  });

  test.each(["DescribeUserPool", "GetUserPoolMfaConfig"])(
    "converges once the user pool is untainted, as the runbook says, when %s fails right after it was made",
    async (call) => {
      await stage.reset();
      const struck = await stage.run("apply", { call, fault: "denied" });
      expect([struck.code, struck.failed]).toEqual([1, call]);
      const { last: refused } = await stage.retry("apply");
      expect(refused.code).toBe(1);
      const [, address = ""] =
        /Instance cannot be destroyed[^]*?Resource (aws_cognito_user_pool\.\S+) has/.exec(
          refused.stderr,
        ) ?? [];
      expectSuccess(await stage.terraform("untaint", address));
      const { took, last } = await stage.retry("apply");
      expect([took, last.code]).toEqual([[], 0]);
      expect(await stage.listResources()).toEqual(whole);
      expectSuccess(await stage.plan());
    },
  );
});
