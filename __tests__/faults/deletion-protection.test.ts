import {
  describeLocal,
  expectSuccess,
  useResource,
} from "../support/deployment";
import { deployWithoutFault } from "../support/fault-runs";
import { FaultStage } from "../support/fault-stage";

jest.setTimeout(300_000);

const stage = useResource(() =>
  FaultStage.start(1, { DELETION_PROTECTION: "true" }),
);
let allResources: readonly string[];

describeLocal("a stage with deletion protection of its user pool", () => {
  beforeAll(async () => {
    allResources = await deployWithoutFault(stage());
  });

  test("converges when CreateUserPool fails", async () => {
    await stage().reset();
    const failed = await stage().run("apply", {
      call: "CreateUserPool",
      fault: "denied",
    });
    expect([failed.code, failed.failed]).toEqual([1, "CreateUserPool"]);
    const { steps, last } = await stage().retry("apply");
    expect([steps, last.code]).toEqual([[], 0]);
    expect(await stage().listResources()).toEqual(allResources);
  });

  test.each(["DescribeUserPool", "GetUserPoolMfaConfig"])(
    "converges after terraform untaint, as the runbook documents, when %s fails right after the creation",
    async (call) => {
      await stage().reset();
      const failed = await stage().run("apply", { call, fault: "denied" });
      expect([failed.code, failed.failed]).toEqual([1, call]);
      const { last: retried } = await stage().retry("apply");
      expect(retried.code).toBe(1);
      const [, address = ""] =
        /Instance cannot be destroyed[^]*?Resource (aws_cognito_user_pool\.\S+) has/.exec(
          retried.stderr,
        ) ?? [];
      expectSuccess(await stage().terraform("untaint", address));
      const { steps, last } = await stage().retry("apply");
      expect([steps, last.code]).toEqual([[], 0]);
      expect(await stage().listResources()).toEqual(allResources);
      expectSuccess(await stage().plan());
    },
  );
});
