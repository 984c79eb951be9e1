/** The kinds of key we make, issue for and sign with. */
export type KeyAlgorithm =
  | "ecdsa-p256"
  | "ecdsa-p384"
  | "ed25519"
  | "rsa-2048"
  | "rsa-3072"
  | "rsa-4096"
  | "ml-dsa-44"
  | "ml-dsa-65"
  | "ml-dsa-87";

export interface KeyAlgorithmInfo {
  algorithm: KeyAlgorithm;
  /** The words for a screen. */
  label: string;
  family: "ec" | "rsa" | "ed25519" | "ml-dsa";
  /** Size as people quote it: bits of the field or modulus; of the public key for ML-DSA. */
  bits: number;
  postQuantum: boolean;
  /** What to know before choosing it. */
  note?: string;
}

const POST_QUANTUM_NOTE = "post-quantum: no current proxy accepts it";

export const KEY_ALGORITHMS: Readonly<Record<KeyAlgorithm, KeyAlgorithmInfo>> = {
  "ecdsa-p256": {
    algorithm: "ecdsa-p256",
    label: "ECDSA P-256",
    family: "ec",
    bits: 256,
    postQuantum: false,
  },
  "ecdsa-p384": {
    algorithm: "ecdsa-p384",
    label: "ECDSA P-384",
    family: "ec",
    bits: 384,
    postQuantum: false,
  },
  ed25519: {
    algorithm: "ed25519",
    label: "Ed25519",
    family: "ed25519",
    bits: 256,
    postQuantum: false,
    note: "browsers and NSS do not accept it in TLS",
  },
  "rsa-2048": { algorithm: "rsa-2048", label: "RSA 2048", family: "rsa", bits: 2048, postQuantum: false },
  "rsa-3072": { algorithm: "rsa-3072", label: "RSA 3072", family: "rsa", bits: 3072, postQuantum: false },
  "rsa-4096": { algorithm: "rsa-4096", label: "RSA 4096", family: "rsa", bits: 4096, postQuantum: false },
  "ml-dsa-44": mlDsa("ml-dsa-44", "ML-DSA-44", 10_496),
  "ml-dsa-65": mlDsa("ml-dsa-65", "ML-DSA-65", 15_616),
  "ml-dsa-87": mlDsa("ml-dsa-87", "ML-DSA-87", 20_736),
};

function mlDsa(algorithm: KeyAlgorithm, label: string, bits: number): KeyAlgorithmInfo {
  return { algorithm, label, family: "ml-dsa", bits, postQuantum: true, note: POST_QUANTUM_NOTE };
}

/** Whether the text is the id of a key algorithm we know. */
export function isKeyAlgorithm(text: string): text is KeyAlgorithm {
  return Object.hasOwn(KEY_ALGORITHMS, text);
}
