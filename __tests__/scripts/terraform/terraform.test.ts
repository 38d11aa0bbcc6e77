import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import os, { tmpdir } from "node:os";
import path from "node:path";
import { requirePrerequisites } from "../../../scripts/lib/local-aws/prerequisites";
import { findMirrors } from "../../../scripts/lib/terraform/provider-mirror";
import {
  findTerraformProblem,
  runTerraform,
  createProviderEnvironment,
} from "../../../scripts/lib/terraform/terraform";

const TERRAFORM = "registry.terraform.io/hashicorp/aws";
const OPENTOFU = "registry.opentofu.org/hashicorp/aws";
const platform = `${os.platform()}_${os.arch() === "x64" ? "amd64" : os.arch()}`;

let directory: string;
/** Environment of a machine without mirrors, apart from those in the directory of add-on software. */
let env: Record<string, string>;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "terraform-"));
  env = {
    PATH: `${directory}:/usr/bin:/bin`,
    HOME: path.join(directory, "home"),
    XDG_DATA_DIRS: path.join(directory, "share"),
  };
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

/** Adds a command to the path. */
function command(name: string, script: string): void {
  const file = path.join(directory, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** Creates a mirror with an unpacked provider. */
function mirror(name: string, provider = TERRAFORM, target = platform): string {
  const root = path.join(directory, name);
  mkdirSync(path.join(root, provider, "5.100.0", target), { recursive: true });
  return root;
}

function configuration(): string {
  return readFileSync(path.join(directory, "terraform.tfrc"), "utf8");
}

describe("Terraform", () => {
  test("is the command terraform", async () => {
    command("terraform", "echo Terraform v1.11.4; echo on linux_amd64");
    expect(await findTerraformProblem(env)).toBeUndefined();
  });

  test("is the binary of TERRAFORM_BINARY_NAME, which can be OpenTofu", async () => {
    command("my-tofu", "echo OpenTofu v1.12.6");
    env.TERRAFORM_BINARY_NAME = "my-tofu";
    expect(await findTerraformProblem(env)).toBeUndefined();
  });

  test.each(["1.11.0", "1.12.0-beta1", "1.20.3", "2.0.0"])(
    "%s is new enough",
    async (version) => {
      command("terraform", `echo Terraform v${version}`);
      expect(await findTerraformProblem(env)).toBeUndefined();
    },
  );

  test.each(["0.15.5", "1.5.7", "1.10.9"])(
    "fails if it is %s, with the version to install",
    async (version) => {
      command("terraform", `echo Terraform v${version}`);
      expect(await findTerraformProblem(env)).toContain(
        `terraform is Terraform ${version}: install Terraform 1.11 or newer (https://`,
      );
    },
  );

  test("fails if it is missing, with one line", async () => {
    env.TERRAFORM_BINARY_NAME = "no-such-terraform";
    expect(await findTerraformProblem(env)).toMatch(
      /^no-such-terraform was not found: install Terraform 1\.11 or newer .*TERRAFORM_BINARY_NAME$/,
    );
  });

  test("fails if it is another program", async () => {
    command("terraform", "echo hello");
    expect(await findTerraformProblem(env)).toContain(
      "terraform does not print its version",
    );
  });

  test("runs in a directory with an environment", async () => {
    command("terraform", `echo "$@ in $(basename "$PWD") $FOO"; exit 2`);
    const result = await runTerraform(["plan", "-detailed-exitcode"], {
      directory,
      environment: { ...env, FOO: "bar" },
      timeoutSeconds: 10,
    });
    expect(result).toMatchObject({
      code: 2,
      stdout: `plan -detailed-exitcode in ${path.basename(directory)} bar\n`,
    });
  });
});

test("only their owner can read the files that Terraform writes", async () => {
  command("terraform", "echo secret > created; mkdir -p sub");
  const modeOf = (name: string): number => {
    const file = path.join(directory, name);
    writeFileSync(file, "", { flag: "a" });
    return statSync(file).mode & 0o777;
  };
  const original = modeOf("before");
  await runTerraform(["apply"], {
    directory,
    environment: env,
    timeoutSeconds: 10,
  });
  expect(modeOf("created")).toBe(0o600);
  expect(statSync(path.join(directory, "sub")).mode & 0o777).toBe(0o700);
  // the umask of this process is unchanged
  expect(modeOf("after")).toBe(original);
});

describe("prerequisites", () => {
  test("are met by Python 3.10 and Terraform", async () => {
    command("python3", "echo 3 10");
    command("terraform", "echo Terraform v1.11.4");
    await requirePrerequisites({ directory, env });
  });

  test("fails if both are missing, with one message", async () => {
    env.PATH = directory;
    await expect(requirePrerequisites({ directory, env })).rejects.toThrow(
      /^prerequisites: 2 problems\n {2}- terraform was not found: .*\n {2}- python3 was not found: install Python 3\.10 or newer$/,
    );
  });

  test.each([
    ["is too old", "echo 3 9", "python3 is Python 3.9: install Python 3.10"],
    ["has no venv module", "echo 3 12; exit 1", "python3 has no venv module"],
    ["does not run", "exit 1", "python3 does not run: install Python 3.10"],
  ])("fails if Python %s", async (_, script, message) => {
    env.PATH = directory;
    command("python3", script);
    command("terraform", "echo Terraform v1.11.4");
    await expect(requirePrerequisites({ directory, env })).rejects.toThrow(
      message,
    );
  });

  test("are met by a newer Python next to an old python3", async () => {
    env.PATH = directory;
    command("python3", "echo 3 9");
    command("python3.12", "echo 3 12");
    command("terraform", "echo Terraform v1.11.4");
    await requirePrerequisites({ directory, env });
  });
});

describe("the environment of Terraform", () => {
  test("installs the provider from TF_PLUGIN_MIRROR, and all others from their registries", () => {
    env.TF_PLUGIN_MIRROR = mirror("mirror");
    expect(createProviderEnvironment({ directory, env })).toEqual({
      CHECKPOINT_DISABLE: "1",
      TF_CLI_CONFIG_FILE: path.join(directory, "terraform.tfrc"),
      CDKTF_SKIP_PROVIDER_LOCK: "true",
    });
    expect(configuration()).toBe(`provider_installation {
  filesystem_mirror {
    path    = "${directory}/mirror"
    include = ["${TERRAFORM}"]
  }
  direct {
    exclude = ["${TERRAFORM}"]
  }
}
`);
  });

  test("installs the provider of OpenTofu from the same mirror, if it has one", () => {
    mirror("mirror", OPENTOFU);
    env.TF_PLUGIN_MIRROR = mirror("mirror");
    createProviderEnvironment({ directory, env });
    expect(configuration()).toContain(
      `exclude = ["${TERRAFORM}","${OPENTOFU}"]`,
    );
  });

  test("finds archives and unpacked providers", () => {
    const root = path.join(directory, "packed");
    mkdirSync(path.join(root, TERRAFORM), { recursive: true });
    writeFileSync(
      path.join(
        root,
        TERRAFORM,
        `terraform-provider-aws_5.100.0_${platform}.zip`,
      ),
      "",
    );
    expect(findMirrors({ ...env, TF_PLUGIN_MIRROR: root })).toEqual([
      { provider: TERRAFORM, directory: root },
    ]);
  });

  test.each([
    ["home/.terraform.d/plugins", {}],
    ["home/.local/share/terraform/plugins", {}],
    ["share/terraform/plugins", {}],
    ["data/terraform/plugins", { XDG_DATA_HOME: "data" }],
  ])(
    "finds a mirror in an implied directory of Terraform: %s",
    (name, more) => {
      const root = mirror(name);
      const data: Record<string, string> = { ...more };
      if (data.XDG_DATA_HOME !== undefined)
        env.XDG_DATA_HOME = path.join(directory, data.XDG_DATA_HOME);
      expect(findMirrors(env)).toContainEqual({
        provider: TERRAFORM,
        directory: root,
      });
    },
  );

  test.each([
    ["does not exist", "missing"],
    ["has the provider for another platform", "other"],
  ])("fails if TF_PLUGIN_MIRROR %s", (_, name) => {
    mirror("other", TERRAFORM, "plan9_mips");
    env.TF_PLUGIN_MIRROR = path.join(directory, name);
    expect(() => createProviderEnvironment({ directory, env })).toThrow(
      `TF_PLUGIN_MIRROR must be a directory with ${TERRAFORM} for ${platform}, got "${env.TF_PLUGIN_MIRROR}"`,
    );
  });

  test("does not replace a configuration with a provider installation", () => {
    mirror("home/.terraform.d/plugins");
    env.TF_CLI_CONFIG_FILE = path.join(directory, "own.tfrc");
    writeFileSync(env.TF_CLI_CONFIG_FILE, "  provider_installation {}");
    expect(createProviderEnvironment({ directory, env })).toEqual({
      CHECKPOINT_DISABLE: "1",
    });
    expect(existsSync(path.join(directory, "terraform.tfrc"))).toBe(false);
  });

  test("retains other settings of a configuration", () => {
    mirror("home/.terraform.d/plugins");
    env.TF_CLI_CONFIG_FILE = path.join(directory, "own.tfrc");
    const own = "# provider_installation {}\ndisable_checkpoint = true\n";
    writeFileSync(env.TF_CLI_CONFIG_FILE, own);
    createProviderEnvironment({ directory, env });
    expect(configuration()).toContain(`${own}\nprovider_installation {\n`);
  });

  test("replaces a configuration that does not exist", () => {
    mirror("home/.terraform.d/plugins");
    env.TF_CLI_CONFIG_FILE = path.join(directory, "missing.tfrc");
    expect(
      createProviderEnvironment({ directory, env }).TF_CLI_CONFIG_FILE,
    ).toBe(path.join(directory, "terraform.tfrc"));
  });
});

describe("the environment of Terraform on a machine without a mirror", () => {
  beforeEach(() => {
    jest
      .spyOn(path, "join")
      .mockImplementation((...parts) =>
        parts
          .join("/")
          .replace(/^\/+opt$/, path.resolve(directory, "no-add-ons")),
      );
  });

  afterEach(() => {
    jest.restoreAllMocks();
  });

  test("has no configuration", () => {
    expect(createProviderEnvironment({ directory, env })).toEqual({
      CHECKPOINT_DISABLE: "1",
    });
  });

  test("unsets a configuration that does not exist", () => {
    env.TF_CLI_CONFIG_FILE = path.resolve(directory, "missing.tfrc");
    expect(createProviderEnvironment({ directory, env })).toEqual({
      CHECKPOINT_DISABLE: "1",
      TF_CLI_CONFIG_FILE: undefined,
    });
  });
});
