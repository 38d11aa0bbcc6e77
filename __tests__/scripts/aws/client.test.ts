import { writeFileSync } from "node:fs";
import path from "node:path";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import {
  createAwsClient,
  resolveAwsTarget,
} from "../../../scripts/lib/aws/client";
import {
  restoreEnvironment,
  setEnvironment,
  withoutAwsVariables,
} from "../../support/environment";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../../support/stage";

afterAll(removeTemporaryDirectories);

/** Runs `job` with this AWS configuration file, and no other AWS variables. */
async function withConfig<T>(text: string, job: () => Promise<T>): Promise<T> {
  const file = path.join(createTemporaryDirectory(), "config");
  writeFileSync(file, text);
  setEnvironment({
    ...withoutAwsVariables(),
    AWS_CONFIG_FILE: file,
    AWS_SHARED_CREDENTIALS_FILE: file,
  });
  try {
    return await job();
  } finally {
    restoreEnvironment();
  }
}

describe("resolveAwsTarget", () => {
  test("prefers options to settings, and settings to the environment", () => {
    const env = { AWS_REGION: "eu-west-1" };
    const settings = { AWS_REGION: "us-east-1" };
    const options = { region: "us-gov-west-1", profile: "ops" };
    expect(resolveAwsTarget(options, settings, env)).toEqual(options);
    expect(resolveAwsTarget({}, settings, env)).toEqual({
      region: "us-east-1",
    });
    expect(resolveAwsTarget({}, {}, env).region).toBe("eu-west-1");
  });

  test("defaults to the Region of a deployment", () => {
    const env = { AWS_DEFAULT_REGION: "eu-west-2" };
    expect(resolveAwsTarget({}, {}, env)).toEqual({ region: "us-west-2" });
  });

  test("fails when a setting is no Region", () => {
    expect(() => resolveAwsTarget({}, { AWS_REGION: "us_east_1" }, {})).toThrow(
      /^configuration: 1 problem\n {2}- AWS_REGION must be .*, got "us_east_1": did you mean us-east-1\?$/,
    );
    expect(() => resolveAwsTarget({}, { AWS_REGION: "us-esat-1" }, {})).toThrow(
      "did you mean us-east-1?",
    );
    const origins = { AWS_REGION: ".env.dev" };
    expect(() =>
      resolveAwsTarget({}, { AWS_REGION: "x" }, {}, origins),
    ).toThrow("  - .env.dev: AWS_REGION must be");
  });

  test("allows a Region that is not known", () => {
    const region = "nz-north-1";
    const settings = { AWS_REGION: region };
    const allowed = { ALLOW_UNKNOWN_REGION: "yes" };
    expect(resolveAwsTarget({}, settings, allowed)).toEqual({ region });
    expect(resolveAwsTarget({}, { ...settings, ...allowed }, {})).toEqual({
      region,
    });
  });
});

describe("createAwsClient", () => {
  const target = { region: "us-gov-west-1", profile: "ops" };

  test("prefers the credentials of the profile to those of the environment", async () => {
    const config = `[ops]
aws_access_key_id = OF_PROFILE
aws_secret_access_key = canary
`;
    const { region, accessKeyId } = await withConfig(config, async () => {
      process.env.AWS_ACCESS_KEY_ID = "OF_ENVIRONMENT";
      process.env.AWS_SECRET_ACCESS_KEY = "canary";
      const client = await createAwsClient(SecretsManagerClient, target);
      return {
        region: await client.config.region(),
        accessKeyId: (await client.config.credentials()).accessKeyId,
      };
    });
    expect(region).toBe("us-gov-west-1");
    expect(accessKeyId).toBe("OF_PROFILE");
  });

  test("fails when the profile does not exist, even with other credentials", async () => {
    const credentials = withConfig("", async () => {
      process.env.AWS_ACCESS_KEY_ID = "OF_ENVIRONMENT";
      process.env.AWS_SECRET_ACCESS_KEY = "canary";
      process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI = "http://127.0.0.1:1/";
      const client = await createAwsClient(SecretsManagerClient, target);
      return client.config.credentials();
    });
    await expect(credentials).rejects.toThrow(
      /^there is no profile "ops" in .*config$/,
    );
  });

  test("fails when an endpoint variable is not a URL", async () => {
    const client = withConfig("", () => {
      process.env.AWS_ENDPOINT_URL = "garbage";
      return createAwsClient(SecretsManagerClient, { region: "us-west-2" });
    });
    await expect(client).rejects.toThrow(
      'AWS_ENDPOINT_URL must be a URL, got "garbage"',
    );
  });

  test.each([
    ["AWS_CONTAINER_CREDENTIALS_FULL_URI"],
    ["AWS_EC2_METADATA_SERVICE_ENDPOINT"],
    ["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"],
  ])("fails when %s is invalid", async (name) => {
    const load = () =>
      withConfig("", async () => {
        setEnvironment({ ...process.env, [name]: "none" });
        const target = { region: "us-west-2" };
        const client = await createAwsClient(SecretsManagerClient, target);
        return client.config.credentials();
      });
    await expect(load()).rejects.toThrow(
      /^cannot load AWS credentials of the container or machine: /,
    );
  });

  test("limits the time and number of attempts", async () => {
    class Configured {
      constructor(readonly config: object) {}
    }
    const client = await withConfig("", () =>
      createAwsClient(Configured, { region: "us-west-2" }),
    );
    expect(client.config).toMatchObject({
      region: "us-west-2",
      maxAttempts: 4,
      defaultsMode: "legacy",
      requestHandler: {
        connectionTimeout: 5_000,
        requestTimeout: 10_000,
        throwOnRequestTimeout: true,
      },
    });
  });
});
