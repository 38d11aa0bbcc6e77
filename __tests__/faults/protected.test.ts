import { describeLocal, succeed } from "../support/deployment";
import { wholeStage } from "../support/fault-runs";
import { FaultyStage } from "../support/faulty-stage";
import { removeTemporaryFolders } from "../support/stage";

jest.setTimeout(300_000);

let stage: FaultyStage;
let whole: readonly string[];

beforeAll(async () => {
  if (describeLocal !== describe) return;
  stage = await FaultyStage.start(1, { DELETION_PROTECTION: "true" });
  whole = await wholeStage(stage);
}, 300_000);

afterAll(async () => {
  if (describeLocal === describe) await stage.stop();
  removeTemporaryFolders();
});

describeLocal("a stage that protects its user pool from deletion", () => {
  test("converges when the call that makes the user pool fails", async () => {
    await stage.reset();
    const struck = await stage.run("apply", {
      call: "CreateUserPool",
      fault: "denied",
    });
    expect([struck.code, struck.failed]).toEqual([1, "CreateUserPool"]);
    const { took, last } = await stage.again("apply");
    expect([took, last.code]).toEqual([[], 0]);
    expect(await stage.holds()).toEqual(whole);
  });

  test.each(["DescribeUserPool", "GetUserPoolMfaConfig"])(
    "converges once the user pool is untainted, as the runbook says, when %s fails right after it was made",
    async (call) => {
      await stage.reset();
      const struck = await stage.run("apply", { call, fault: "denied" });
      expect([struck.code, struck.failed]).toEqual([1, call]);
      const { last: refused } = await stage.again("apply");
      expect(refused.code).toBe(1);
      const [, address = ""] =
        /Instance cannot be destroyed[^]*?Resource (aws_cognito_user_pool\.\S+) has/.exec(
          refused.stderr,
        ) ?? [];
      succeed(await stage.terraform("untaint", address));
      const { took, last } = await stage.again("apply");
      expect([took, last.code]).toEqual([[], 0]);
      expect(await stage.holds()).toEqual(whole);
      succeed(await stage.plan());
    },
  );
});
