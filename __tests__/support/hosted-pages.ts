/**
 * Signs a user in on the hosted pages of the local AWS, as a browser does, and returns the URL of the response: the callback
 * URL with a code.
 */
export async function signInOnPages(
  signInUrl: string,
  user: { readonly userName: string; readonly password: string },
): Promise<string> {
  const page = await fetch(signInUrl, { redirect: "manual" });
  const html = await page.text();
  const fields = [
    ...html.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g),
  ].map(([, name = "", value = ""]): [string, string] => [
    name,
    value.replaceAll("&amp;", "&"),
  ]);
  const answer = await fetch(new URL("/login", signInUrl), {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams([
      ...fields,
      ["username", user.userName],
      ["password", user.password],
    ]),
  });
  const location = answer.headers.get("location");
  if (location === null)
    throw new Error(`the pages did not sign in: ${await answer.text()}`);
  return location;
}
