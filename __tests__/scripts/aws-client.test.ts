import { writeFileSync } from "node:fs";
import path from "node:path";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { awsClient, awsPlace } from "../../scripts/lib/aws-client";
import { removeTemporaryFolders, temporaryFolder } from "../support/stage";

afterAll(removeTemporaryFolders);

/** Runs `job` with an AWS configuration of its own, and no variable of AWS's. */
async function withConfig<T>(text: string, job: () => Promise<T>): Promise<T> {
  const file = path.join(temporaryFolder(), "config");
  writeFileSync(file, text);
  const before = { ...process.env };
  for (const name of Object.keys(process.env))
    if (/^AWS_(?!SDK_JS_)/.test(name))
      Reflect.deleteProperty(process.env, name);
  process.env.AWS_CONFIG_FILE = file;
  process.env.AWS_SHARED_CREDENTIALS_FILE = file;
  try {
    return await job();
  } finally {
    for (const name of Object.keys(process.env))
      Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, before);
  }
}

describe("the place of a call", () => {
  test("is what the options say before what settings and the environment do", () => {
    const env = { AWS_REGION: "eu-west-1", AWS_DEFAULT_REGION: "eu-west-2" };
    const settings = { AWS_REGION: "us-east-1" };
    const options = { region: "us-gov-west-1", profile: "ops" };
    expect(awsPlace(options, settings, env)).toEqual(options);
    expect(awsPlace({}, settings, env).region).toBe("us-east-1");
    expect(awsPlace({}, {}, env).region).toBe("eu-west-1");
    expect(awsPlace({}, {}, { AWS_DEFAULT_REGION: "eu-west-2" }).region).toBe(
      "eu-west-2",
    );
    expect(awsPlace({}, {}, {})).toEqual({});
  });
});

describe("a client of AWS", () => {
  test("is in us-west-2 when nothing says otherwise", async () => {
    const region = await withConfig("", async () =>
      (await awsClient(SecretsManagerClient, {})).config.region(),
    );
    expect(region).toBe("us-west-2");
  });

  test("is in its profile's Region, with its profile's credentials before those of the environment", async () => {
    const config = `[profile ops]
region = eu-central-1
[ops]
aws_access_key_id = OF_PROFILE
aws_secret_access_key = canary
`;
    const { region, accessKeyId } = await withConfig(config, async () => {
      process.env.AWS_ACCESS_KEY_ID = "OF_ENVIRONMENT";
      process.env.AWS_SECRET_ACCESS_KEY = "canary";
      const client = await awsClient(SecretsManagerClient, { profile: "ops" });
      return {
        region: await client.config.region(),
        accessKeyId: (await client.config.credentials()).accessKeyId,
      };
    });
    expect(region).toBe("eu-central-1");
    expect(accessKeyId).toBe("OF_PROFILE");
  });

  test("is in the Region it is given", async () => {
    const place = { region: "us-gov-west-1" };
    const client = await awsClient(SecretsManagerClient, place);
    expect(await client.config.region()).toBe("us-gov-west-1");
  });
});
