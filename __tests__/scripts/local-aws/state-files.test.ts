import { mkdirSync } from "node:fs";
import path from "node:path";
import { listLocalStateFiles } from "../../../scripts/lib/local-aws/state-files";
import {
  createTemporaryDirectory,
  removeTemporaryDirectories,
} from "../../support/stage";

afterAll(removeTemporaryDirectories);

test("state files of the local AWS are listed, and no state of an account of AWS", () => {
  const local = '{"arn": "arn:aws:iam::000000000000:role/a"}';
  const directory = createTemporaryDirectory({
    "terraform.a-dev.tfstate.backup": local,
    "terraform.a-dev.tfstate": local,
    "terraform.a-prod.tfstate": '{"arn": "arn:aws:iam::123456789012:role/a"}',
    "terraform.a-gone.tfstate": '{"resources": []}',
    "other.tfstate": local,
  });
  mkdirSync(path.join(directory, "terraform.b.tfstate"));
  expect(listLocalStateFiles(directory)).toEqual([
    "terraform.a-dev.tfstate",
    "terraform.a-dev.tfstate.backup",
  ]);
  expect(listLocalStateFiles(createTemporaryDirectory())).toEqual([]);
});
