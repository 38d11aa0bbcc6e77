import { fetchWithRetry } from "../../../scripts/lib/http/fetch";
import {
  restoreEnvironment,
  setEnvironment,
  withoutAwsVariables,
} from "../../support/environment";
import { getError, sendSdk } from "../../support/network-clients";

/** No request is sent. */
const URL = "http://127.0.0.1:1/";

afterEach(restoreEnvironment);

describe("a credential with a line break is named, not repeated,", () => {
  test("in a request of fetch", async () => {
    const request = fetchWithRetry(
      URL,
      { headers: { authorization: "Bearer hun\nter2" } },
      {
        subject: "the server",
        hints: { unreachable: "" },
        log: () => undefined,
      },
    );
    const { message } = await getError(request);
    expect(message).toBe(
      "cannot send the request to the server: the header authorization must have no line break or control character",
    );
  });

  test.each([
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
  ])("in %s", async (name) => {
    setEnvironment({ ...withoutAwsVariables(), [name]: "hun\nter2" });
    const error = await getError(sendSdk(URL));
    expect(error.message).toBe(
      `${name} must have no line break or control character`,
    );
    expect(`${error.message}${error.hint ?? ""}`).not.toMatch(/hun|ter2/);
  });
});
