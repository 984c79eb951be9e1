import type { NextConfig } from "next";

const publicHost = process.env.COUNTERSIGN_ALLOWED_ORIGIN;

/** Read when the console is built, and again by each start of it. */
const config: NextConfig = {
  poweredByHeader: false,
  // `npm test` checks the types of everything; a test that does not compile must not stop the server.
  typescript: { ignoreBuildErrors: true },
  // The public URL is known only when the server starts; lib/server/console.ts passes it on.
  experimental: { serverActions: { allowedOrigins: publicHost === undefined ? [] : [publicHost] } },
  // The same for the same sources, see lib/server/bootstrap-steps.mjs.
  generateBuildId: () => process.env.COUNTERSIGN_BUILD_ID ?? null,
  // Drivers with native code or WebAssembly, and the logger's worker threads, cannot be bundled.
  serverExternalPackages: [
    "better-sqlite3",
    "pg",
    "pino",
    "@prisma/client",
    "@prisma/adapter-better-sqlite3",
    "@prisma/adapter-pg",
    "@prisma/schema-engine-wasm",
  ],
};

export default config;
