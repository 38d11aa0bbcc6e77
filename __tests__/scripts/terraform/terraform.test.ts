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
import { extractPlanText } from "../../../scripts/lib/terraform/output";
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
/** A machine without anything: mirrors that it may really have under the add-on folder stay out of sight. */
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

/** Puts a command in the path. */
function command(name: string, script: string): void {
  const file = path.join(directory, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** Makes a folder a mirror of the provider, unpacked. */
function mirror(
  folder: string,
  provider = TERRAFORM,
  target = platform,
): string {
  const root = path.join(directory, folder);
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

  test("is the one that TERRAFORM_BINARY_NAME names, OpenTofu too", async () => {
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
    "fails when it is %s, telling what to install",
    async (version) => {
      command("terraform", `echo Terraform v${version}`);
      expect(await findTerraformProblem(env)).toContain(
        `terraform is Terraform ${version}: install Terraform 1.11 or newer (https://`,
      );
    },
  );

  test("fails when it is missing, in one line", async () => {
    env.TERRAFORM_BINARY_NAME = "no-such-terraform";
    expect(await findTerraformProblem(env)).toMatch(
      /^no-such-terraform was not found: install Terraform 1\.11 or newer .*TERRAFORM_BINARY_NAME$/,
    );
  });

  test("fails when it is something else", async () => {
    command("terraform", "echo hello");
    expect(await findTerraformProblem(env)).toContain(
      "terraform does not tell its version",
    );
  });

  test("runs in a folder with an environment", async () => {
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

test("a file that Terraform makes can be read by its owner alone", async () => {
  command("terraform", "echo secret > made; mkdir -p sub");
  const modeOf = (name: string): number => {
    const file = path.join(directory, name);
    writeFileSync(file, "", { flag: "a" });
    return statSync(file).mode & 0o777;
  };
  const usual = modeOf("before");
  await runTerraform(["apply"], {
    directory,
    environment: env,
    timeoutSeconds: 10,
  });
  expect(modeOf("made")).toBe(0o600);
  expect(statSync(path.join(directory, "sub")).mode & 0o777).toBe(0o700);
  // other files of this process are as they were
  expect(modeOf("after")).toBe(usual);
});

test("a plan's text has nothing of a wrapper around Terraform", () => {
  const text =
    '  # a will be created\n  + note = "::debug::x"\n\nPlan: 1 to add';
  expect(
    extractPlanText(
      `[command]/bin/terraform plan -out=p\n${text}\n::debug::Terraform exited with code 2.%0A\n::debug::stdout: ${text.replaceAll("\n", "%0A")}\n::set-output name=exitcode::2\n`,
    ),
  ).toBe(text.trim());
});

describe("prerequisites", () => {
  test("are met by Python 3.10 and Terraform", async () => {
    command("python3", "echo 3 10");
    command("terraform", "echo Terraform v1.11.4");
    await requirePrerequisites({ directory, env });
  });

  test("fails when both are missing, in one message", async () => {
    env.PATH = directory;
    await expect(requirePrerequisites({ directory, env })).rejects.toThrow(
      /^prerequisites: 2 problems\n {2}- terraform was not found: .*\n {2}- python3 was not found: install Python 3\.10 or newer$/,
    );
  });

  test.each([
    ["is too old", "echo 3 9", "python3 is Python 3.9: install Python 3.10"],
    ["has no venv module", "echo 3 12; exit 1", "python3 has no venv module"],
    ["does not run", "exit 1", "python3 does not run: install Python 3.10"],
  ])("fails when Python %s", async (_, script, message) => {
    env.PATH = directory;
    command("python3", script);
    command("terraform", "echo Terraform v1.11.4");
    await expect(requirePrerequisites({ directory, env })).rejects.toThrow(
      message,
    );
  });

  test("take a newer Python beside an old python3", async () => {
    env.PATH = directory;
    command("python3", "echo 3 9");
    command("python3.12", "echo 3 12");
    command("terraform", "echo Terraform v1.11.4");
    await requirePrerequisites({ directory, env });
  });
});

describe("the environment of Terraform", () => {
  test("takes the provider from the mirror that TF_PLUGIN_MIRROR names, all others from their registry", () => {
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

  test("serves OpenTofu's address from the same mirror where it is there", () => {
    mirror("mirror", OPENTOFU);
    env.TF_PLUGIN_MIRROR = mirror("mirror");
    createProviderEnvironment({ directory, env });
    expect(configuration()).toContain(
      `exclude = ["${TERRAFORM}","${OPENTOFU}"]`,
    );
  });

  test("takes archives as well as unpacked providers", () => {
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
  ])("finds a mirror where Terraform looks by itself: %s", (folder, more) => {
    const root = mirror(folder);
    const data: Record<string, string> = { ...more };
    if (data.XDG_DATA_HOME !== undefined)
      env.XDG_DATA_HOME = path.join(directory, data.XDG_DATA_HOME);
    expect(findMirrors(env)).toContainEqual({
      provider: TERRAFORM,
      directory: root,
    });
  });

  test.each([
    ["does not exist", "missing"],
    ["has the provider for another platform", "other"],
  ])("fails when TF_PLUGIN_MIRROR %s", (_, folder) => {
    mirror("other", TERRAFORM, "plan9_mips");
    env.TF_PLUGIN_MIRROR = path.join(directory, folder);
    expect(() => createProviderEnvironment({ directory, env })).toThrow(
      `TF_PLUGIN_MIRROR must be a folder with ${TERRAFORM} for ${platform}, got "${env.TF_PLUGIN_MIRROR}"`,
    );
  });

  test("leaves a configuration alone that says where providers come from", () => {
    mirror("home/.terraform.d/plugins");
    env.TF_CLI_CONFIG_FILE = path.join(directory, "own.tfrc");
    writeFileSync(env.TF_CLI_CONFIG_FILE, "  provider_installation {}");
    expect(createProviderEnvironment({ directory, env })).toEqual({
      CHECKPOINT_DISABLE: "1",
    });
    expect(existsSync(path.join(directory, "terraform.tfrc"))).toBe(false);
  });

  test("keeps what a configuration says of other things", () => {
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

  test("names no configuration", () => {
    expect(createProviderEnvironment({ directory, env })).toEqual({
      CHECKPOINT_DISABLE: "1",
    });
  });

  test("drops a configuration that does not exist, of which Terraform would warn", () => {
    env.TF_CLI_CONFIG_FILE = path.resolve(directory, "missing.tfrc");
    expect(createProviderEnvironment({ directory, env })).toEqual({
      CHECKPOINT_DISABLE: "1",
      TF_CLI_CONFIG_FILE: undefined,
    });
  });
});
