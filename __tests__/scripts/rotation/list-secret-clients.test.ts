import { parseSecretClients } from "../../../scripts/lib/rotation/list-secret-clients";

function createClient(path: string, generate_secret: boolean): object {
  return { generate_secret, "//": { metadata: { path } } };
}

describe("the clients with a secret", () => {
  test("are the service and web clients of main.ts", () => {
    const text = JSON.stringify({
      resource: {
        aws_cognito_user_pool_client: {
          a: createClient("dev/clients/service/Resource", true),
          b: createClient("dev/clients/public/Resource", false),
          c: createClient("dev/elsewhere/service/Resource", true),
          d: createClient("dev/clients/grafana/Resource", true),
          e: { generate_secret: true },
        },
      },
    });
    expect(parseSecretClients(text)).toEqual(["service", "grafana"]);
  });

  test.each(["{}", '{"resource":{}}'])("are none in %s", (text) => {
    expect(parseSecretClients(text)).toEqual([]);
  });
});
