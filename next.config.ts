import type { NextConfig } from "next";

const config: NextConfig = {
  poweredByHeader: false,
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
