import { parseSetCookieHeader, toCookieOptions } from "better-auth/cookies";
import { cookies } from "next/headers";

/** Hands cookies of lib/identity on to the browser; works in server actions only. */
export async function setCookies(lines: readonly string[]): Promise<void> {
  const jar = await cookies();
  for (const line of lines) {
    for (const [name, cookie] of parseSetCookieHeader(line)) {
      jar.set(name, cookie.value, toCookieOptions(cookie));
    }
  }
}

/** Forgets all cookies whose names begin so. */
export async function forgetCookies(prefix: string): Promise<void> {
  const jar = await cookies();
  for (const { name } of jar.getAll()) {
    const bare = name.replace(/^__(Secure|Host)-/, "");
    if (bare.startsWith(prefix)) jar.set(name, "", { maxAge: 0, path: "/", secure: bare !== name });
  }
}
