import { UserError } from "../../../constructs/errors";
import { signInThroughBrowser } from "../../../scripts/lib/auth/browser-sign-in";
import { ClientError } from "../../../scripts/lib/client/client-error";
import { userCredentials } from "../../../scripts/lib/client/user-credentials";
import {
  EndpointFailure,
  TemporaryFailure,
} from "../../../scripts/lib/http/fetch";

jest.mock("../../../scripts/lib/auth/browser-sign-in");

test.each([
  ["sign_in_refused", new UserError("the sign-in was denied", "ask")],
  ["sign_in_required", new ClientError("sign_in_required", "no port", "ask")],
  ["endpoint_failed", new EndpointFailure("the certificate is invalid", "ask")],
  ["endpoint_failed", new TemporaryFailure("no connection", "ask")],
])("the code is %s for %s", async (code, error) => {
  jest.mocked(signInThroughBrowser).mockRejectedValue(error);
  const credentials = userCredentials({
    identityPoolId: "us-west-2:12345678-1234-1234-1234-123456789012",
    userPoolId: "us-west-2_AbCdEfGhI",
    clientId: "4cl13nt",
    domain: "https://auth.example.com",
    signIn: "browser",
  });
  const { message, hint } = error;
  await expect(credentials()).rejects.toMatchObject({ code, message, hint });
});
