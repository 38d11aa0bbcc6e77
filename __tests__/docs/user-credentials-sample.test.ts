import { compileClientSamples } from "../support/client-samples";
import { removeTemporaryDirectories } from "../support/stage";

afterAll(removeTemporaryDirectories);

test("the sample of userCredentials compiles in a strict project", async () => {
  expect(await compileClientSamples(["## User credentials"])).toMatchObject({
    stdout: "",
    stderr: "",
    code: 0,
  });
});
