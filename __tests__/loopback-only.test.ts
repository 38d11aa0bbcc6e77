describe("unit tests", () => {
  test("cannot connect to another machine", async () => {
    await expect(fetch("http://192.0.2.1/")).rejects.toMatchObject({
      cause: {
        message: expect.stringContaining("must stay on this machine") as string,
      },
    });
  });
});
