import { printNotice } from "../../../stacks/config/notices";

test("a notice is printed once in a process", () => {
  const write = jest.spyOn(process.stderr, "write").mockReturnValue(true);
  try {
    for (const line of ["one", "two", "one"]) printNotice(line);
    expect(write.mock.calls).toEqual([["one\n"], ["two\n"]]);
  } finally {
    write.mockRestore();
  }
});
