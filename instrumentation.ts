import type { Instrumentation } from "next";

/**
 * What a page could not handle: logged under the id that the error page shows, without the
 * request's headers or body, which may hold secrets.
 */
export const onRequestError: Instrumentation.onRequestError = async (error, request, context) => {
  const { log } = await import("#lib/log.ts");
  const digest = typeof error === "object" && error !== null && "digest" in error ? error.digest : undefined;
  log("console").error(
    { err: error, id: digest, method: request.method, route: context.routePath },
    "a page failed unexpectedly",
  );
};
