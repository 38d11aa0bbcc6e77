import { Redactor, REDACTED } from "../../../scripts/lib/plan/redactor";
import { toPlainText } from "../../../scripts/lib/plan/rich-text";
import { describeResource } from "../../../scripts/lib/plan/resource-names";
import { Snapshot, type Resource } from "../../../scripts/lib/plan/snapshot";
import { redacted, redactedValues } from "../../support/redacted";

function resource(
  address: string,
  values: Readonly<Record<string, unknown>>,
): Resource {
  const type = address.replace(/^(module\.[^.]+\.)*/, "").split(".")[0] ?? "";
  return {
    address: redacted(address),
    type: redacted(type),
    values: redactedValues(values),
  };
}

function snapshot(...resources: readonly Resource[]): Snapshot {
  return new Snapshot(resources, new Redactor());
}

const ARN = "arn:aws:iam::111122223333:role/readers";
const POOL_ID = "us-west-2:00000000-0000-0000-0000-000000000000";
const ROLE = resource('module.auth.aws_iam_role.r["a.b"]', {
  name: "readers",
  arn: ARN,
});
const POOL = resource("aws_cognito_identity_pool.p", {
  id: POOL_ID,
  identity_pool_name: "pool",
});
const CLIENT = resource("aws_cognito_user_pool_client.c", {
  id: "1example23456789abcdefghij",
  name: "dashboard",
});
const ALL = snapshot(ROLE, POOL, CLIENT);

test.each<[string, string, string]>([
  ["its ARN", "aws_iam_role", ARN],
  ["its name", "aws_iam_role", "readers"],
  [
    "a reference with keys",
    "aws_iam_role",
    '${module.auth.aws_iam_role.r["a.b"].arn}',
  ],
  ["its id", "aws_cognito_identity_pool", POOL_ID],
  [
    "a reference",
    "aws_cognito_user_pool_client",
    "${aws_cognito_user_pool_client.c.id}",
  ],
])("a resource is found by %s", (_, type, value) => {
  expect(ALL.find(type, value)?.type).toBe(type);
});

test.each<[string, string, unknown]>([
  ["another type", "aws_iam_policy", ARN],
  ["an ARN that only begins so", "aws_iam_role", `${ARN}-2`],
  [
    "two references",
    "aws_iam_role",
    "${aws_iam_role.a.arn}${aws_iam_role.b.arn}",
  ],
  [
    "a reference without the module",
    "aws_iam_role",
    '${aws_iam_role.r["a.b"].arn}',
  ],
  ["nothing", "aws_iam_role", undefined],
  ["an object", "aws_iam_role", { arn: ARN }],
])("no resource is found by %s", (_, type, value) => {
  expect(ALL.find(type, value)).toBeUndefined();
});

test("ARNs and ids in texts are replaced by references", () => {
  expect(ALL.canonicalize(`AWS:${ARN}`)).toBe(
    'AWS:${module.auth.aws_iam_role.r["a.b"].arn}',
  );
  expect(ALL.canonicalize(`x ${POOL_ID} y`)).toBe(
    "x ${aws_cognito_identity_pool.p.id} y",
  );
  expect(ALL.canonicalize("1example23456789abcdefghij")).toBe(
    "${aws_cognito_user_pool_client.c.id}",
  );
  expect(ALL.canonicalize(`${ARN}-2`)).toBe(`${ARN}-2`);
});

test("ids of the previous snapshot are replaced by the same references", () => {
  const later = new Snapshot(
    [resource("aws_cognito_identity_pool.p", { identity_pool_name: "pool" })],
    new Redactor(),
    ALL,
  );
  expect(later.canonicalize(POOL_ID)).toBe("${aws_cognito_identity_pool.p.id}");
  expect(later.find("aws_cognito_identity_pool", POOL_ID)?.values).toEqual({
    identity_pool_name: "pool",
  });
});

test("a canonical text has no secret", () => {
  const secret = "c4nary-s3cret";
  const own = new Snapshot([], new Redactor([secret]));
  expect(own.canonicalize(`x ${secret}`)).toBe(`x ${REDACTED}`);
});

test.each<[Resource, string]>([
  [resource("aws_cognito_user.u", { username: "jo" }), "user jo"],
  [ROLE, "role readers"],
  [
    resource("aws_iam_role_policy.p", {
      name: "bucket-access",
      role: "readers",
    }),
    "policy bucket-access of role readers",
  ],
  [
    resource("aws_iam_role_policy_attachment.p", {
      policy_arn: "arn:aws:iam::aws:policy/ReadOnlyAccess",
      role: '${module.auth.aws_iam_role.r["a.b"].name}',
    }),
    "attached policy policy/ReadOnlyAccess of role readers",
  ],
  [
    resource("aws_cognito_identity_pool_roles_attachment.a", {
      identity_pool_id: "${aws_cognito_identity_pool.p.id}",
    }),
    "role mapping of identity pool pool",
  ],
  [resource("aws_sqs_queue.q", { name: "q" }), "aws_sqs_queue q"],
  [
    resource("aws_iam_role.x", { name: "${aws_x.y.name}" }),
    "role aws_iam_role.x",
  ],
  [resource("aws_kms_key.k", {}), "key aws_kms_key.k"],
])("%#: a resource is described by its type and name", (one, expected) => {
  expect(toPlainText(describeResource(one, ALL))).toBe(expected);
});
