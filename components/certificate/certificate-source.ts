/** Where a certificate's key was made, or who asked, in the words of the console. */
const SOURCES: Record<string, { short: string; meaning: string }> = {
  browser: { short: "browser", meaning: "The key was made in a browser and never sent to this server." },
  csr: { short: "CSR", meaning: "Issued from a certificate signing request that was handed in here." },
  server: { short: "server", meaning: "The key was made on this server, handed over once and not kept." },
  api: { short: "API", meaning: "Issued over the REST API from a certificate signing request." },
  system: { short: "system", meaning: "Issued by Countersign itself, or renewed for the same key." },
  import: { short: "import", meaning: "Issued elsewhere and imported." },
};

export function certificateSource(source: string): { short: string; meaning: string } {
  return SOURCES[source] ?? { short: source, meaning: "" };
}
