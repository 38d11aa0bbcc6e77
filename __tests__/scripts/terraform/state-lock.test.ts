import {
  toLockError,
  parseStateLock,
} from "../../../scripts/lib/terraform/state-lock";

/** A message of Terraform 1.11.4, in the frame that it draws on a terminal. */
const MESSAGE = `╷
│ Error: Error acquiring the state lock
│
│ Error message: operation error S3: PutObject, https response error
│ StatusCode: 412, RequestID: 1, HostID: , api error PreconditionFailed: At
│ least one of the pre-conditions you specified did not hold
│ Lock Info:
│   ID:        d70b2c40-2b9e-36d0-8cf0-0c5f1ba4ca17
│   Path:      ours/dev/terraform.tfstate
│   Operation: OperationTypeApply
│   Who:       user@machine
│   Version:   1.11.4
│   Created:   2026-11-22 23:58:55.123456789 +0000 UTC
│   Info:
│
`;

describe("the lock of a state", () => {
  test.each([
    ["framed", MESSAGE],
    ["plain", MESSAGE.replace(/^[╷│] ?/gm, "")],
  ])("is parsed from a message of Terraform, %s", (_, message) => {
    expect(parseStateLock(message)).toEqual({
      id: "d70b2c40-2b9e-36d0-8cf0-0c5f1ba4ca17",
      holder: "user@machine",
      operation: "OperationTypeApply",
      createdAt: new Date("2026-11-22T23:58:55.123Z"),
    });
  });

  test("can have a time without fractions of a second", () => {
    expect(
      parseStateLock(MESSAGE.replace(".123456789", ""))?.createdAt,
    ).toEqual(new Date("2026-11-22T23:58:55Z"));
  });

  test("is undefined for other errors", () => {
    expect(
      parseStateLock("Error: no bucket\n  ID: 1\n  Who: a\n"),
    ).toBeUndefined();
    expect(
      parseStateLock("Error acquiring the state lock: denied"),
    ).toBeUndefined();
  });

  test.each([
    ["a word", "1234"],
    ["an option", "-force"],
    ["a command", "d70b2c40; rm -rf ~"],
    ["longer than one", `d70b2c40-2b9e-36d0-8cf0-0c5f1ba4ca17x`],
  ])("has no id and no unlock command if its id is %s", (_, id) => {
    const lock = parseStateLock(MESSAGE.replace(/(ID: +)\S+-\S+/, `$1${id}`));
    if (lock === undefined) throw new Error("no lock");
    expect(lock).not.toHaveProperty("id");
    const { message, hint } = toLockError(lock);
    expect(`${message}${hint ?? ""}`).not.toContain(id);
    expect(hint).not.toContain("force-unlock");
  });

  test("is reported in one line without control characters", () => {
    const lock = parseStateLock(
      MESSAGE.replace(
        "user@machine",
        `a\u001b[2Jb\u0085::add-mask::c\u202ed\u0007${"f".repeat(9999)}`,
      ).replace("OperationTypeApply", "x\u0000y\u0085z"),
    );
    if (lock === undefined) throw new Error("no lock");
    const { message } = toLockError(lock);
    expect(message).toMatch(
      /^the state is locked by a \[2Jb ::add-mask::c d f+… since/,
    );
    expect(message).toMatch(/for x y z$/);
    expect(message).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
    expect(message.length).toBeLessThan(400);
  });

  test("is reported with its holder, its time and the unlock command", () => {
    const lock = parseStateLock(MESSAGE);
    if (lock === undefined) throw new Error("no lock");
    const { message, hint } = toLockError(lock);
    expect(message).toBe(
      "the state is locked by user@machine since 2026-11-22T23:58:55.123Z, for OperationTypeApply",
    );
    expect(hint).toContain("terraform force-unlock d70b2c40");
  });
});
