import { CHECKS, SLOW_CHECKS } from "../../../scripts/lib/doctor/checks";
import type { ReportedCheck } from "../../../scripts/lib/doctor/run-checks";
import * as certificates from "../../../scripts/lib/http/certificate-expiry";
import { parsePlanJson } from "../../../scripts/lib/plan/plan-json";
import * as workspaces from "../../../scripts/lib/plan/stage-workspace";
import { TerraformError } from "../../../scripts/lib/terraform/terraform-error";
import { ACCESS_CASES } from "../../support/doctor/access-cases";
import { prepareParts } from "../../support/doctor/access-parts";
import { readCommandActions } from "../../support/api-model/command-actions";
import type { BrokenCase, CheckCases } from "../../support/doctor/check-cases";
import { isDocumented } from "../../support/doctor/documented-findings";
import { CLIENT_CASES } from "../../support/doctor/client-cases";
import {
  CANARY,
  type DoctorStage,
  runDoctor,
} from "../../support/doctor/doctor-stage";
import { useFakeAwsApis } from "../../support/doctor/fake-aws-apis";
import { LIMIT_CASES } from "../../support/doctor/limit-cases";
import { POOL_CASES } from "../../support/doctor/pool-cases";
import { SECRET_CASES } from "../../support/doctor/secret-cases";
import { STAGE_CASES } from "../../support/doctor/stage-cases";
import { createWellStage } from "../../support/doctor/well-stage";

/** Each check that is registered has a row. */
const CASES: readonly CheckCases[] = [
  ...STAGE_CASES,
  ...POOL_CASES,
  ...SECRET_CASES,
  ...CLIENT_CASES,
  ...ACCESS_CASES,
  ...LIMIT_CASES,
];
/** Actions that need no permission. */
const FREE = ["sts:GetCallerIdentity"];
/** Stands for a call of Terraform that AWS denies. */
const TERRAFORM = "terraform";
const DENIED_PLAN = `Error: reading Cognito User Pool: operation error Cognito Identity Provider: DescribeUserPool,
User: arn:aws:sts::000000000000:assumed-role/reader/session is not authorized to
perform: cognito-idp:DescribeUserPool on resource: *`;

const getAws = useFakeAwsApis();
beforeAll(prepareParts);

/** Runs one check, and requires that its result has no secret. */
async function check(
  { check, prepare }: CheckCases,
  change: (stage: DoctorStage) => void,
  denied: readonly string[] = [],
): Promise<ReportedCheck> {
  const stage = createWellStage();
  prepare?.(stage);
  change(stage);
  jest
    .spyOn(workspaces, "withStageWorkspace")
    .mockImplementation(async (_target, _options, job) => {
      if (denied.includes(TERRAFORM))
        throw new TerraformError("plan", {
          code: 1,
          stdout: "",
          stderr: DENIED_PLAN,
        });
      const json = parsePlanJson(JSON.stringify(stage.refreshPlan));
      return job({
        refresh: () => Promise.resolve(json),
      } as workspaces.StageWorkspace);
    });
  const { certificate } = stage;
  if (certificate !== undefined)
    jest
      .spyOn(certificates, "readCertificateExpiry")
      .mockResolvedValue(certificate);
  const { report } = await runDoctor([check], stage, getAws(), denied);
  expect(JSON.stringify(report)).not.toContain(CANARY);
  const [result] = report.checks;
  if (result === undefined) throw new Error("the report must have the check");
  return result;
}

test("each check has cases", () => {
  const ids = [...CHECKS, ...SLOW_CHECKS].map(({ id }) => id);
  const tested = CASES.map(({ check: { id } }) => id);
  expect([...tested].sort()).toEqual([...ids].sort());
  expect(ids).toEqual([...new Set(ids)]);
  for (const { broken } of CASES) expect(broken).not.toEqual([]);
});

test("the page of security has the actions of all checks", () => {
  const actions = CASES.flatMap((one) => one.actions).filter(
    (action) => action !== TERRAFORM,
  );
  expect(readCommandActions().get("doctor")).toEqual(
    [...new Set(actions)].sort(),
  );
});

describe.each(CASES.map((one) => [one.check.id, one] as const))(
  "%s",
  (_id, cases) => {
    const { well, broken, actions, check: own } = cases;

    test("is ok for a stage that is well", async () => {
      const result = await check(cases, () => undefined);
      expect(result).toMatchObject({
        status: "ok",
        message: expect.stringContaining(well) as string,
      });
      expect(result.fix).toBeUndefined();
      // the state is always read
      const withoutState = (names: readonly string[]): readonly string[] =>
        names.filter((name) => name !== "s3:GetObject");
      const called = getAws().actions.filter(
        (action) => !FREE.includes(action),
      );
      expect(withoutState([...new Set(called)].sort())).toEqual(
        withoutState(actions.filter((action) => action !== TERRAFORM)),
      );
    });

    test.each(broken.map((one) => [one.problem, one] as const))(
      "finds that %s",
      async (_problem, one: BrokenCase) => {
        const result = await check(cases, one.change);
        expect(result).toMatchObject({
          status: one.status,
          message: expect.stringContaining(one.message) as string,
          fix: expect.stringContaining(one.fix) as string,
        });
        if (one.detail !== undefined)
          expect(result.details?.join("\n")).toContain(one.detail);
        // on the page of troubleshooting
        expect([result.message, isDocumented(own.id, result.message)]).toEqual([
          result.message,
          true,
        ]);
      },
    );

    if (actions.length === 0)
      test("needs no permission", async () => {
        const others = Object.keys(createWellStage().answers).filter(
          (action) => !FREE.includes(action),
        );
        const result = await check(cases, () => undefined, others);
        expect(result.status).toBe("ok");
      });
    else
      test.each(actions)("is skipped without %s", async (action) => {
        const name =
          action === TERRAFORM ? "cognito-idp:DescribeUserPool" : action;
        expect(await check(cases, () => undefined, [action])).toMatchObject({
          id: own.id,
          section: own.section,
          status: "skipped",
          // another part of the check may have run
          message: expect.stringMatching(
            new RegExp(`^missing permission ${name}( |$)`),
          ) as string,
        });
      });

    if (own.runsWithoutState !== true)
      test.each([
        ["the state", "the state cannot be read", ["s3:GetObject"], undefined],
        ["a state", "the stage has no state", [], null],
      ] as const)(
        "is skipped without %s",
        async (_state, message, denied, stateText) => {
          const result = await check(
            cases,
            (stage) => {
              stage.stateText = stateText;
            },
            denied,
          );
          expect(result).toMatchObject({ status: "skipped", message });
        },
      );
  },
);
