-- CreateTable
CREATE TABLE "Revocation" (
    "certificateId" TEXT NOT NULL PRIMARY KEY,
    "issuerId" TEXT,
    "serial" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "revokedAt" DATETIME NOT NULL,
    "invalidAt" DATETIME,
    "notAfter" DATETIME NOT NULL,
    "comment" TEXT NOT NULL,
    "requestedBy" TEXT NOT NULL,
    "sourceId" TEXT,
    "change" INTEGER NOT NULL,
    "publishedAt" DATETIME,
    CONSTRAINT "Revocation_certificateId_fkey" FOREIGN KEY ("certificateId") REFERENCES "Certificate" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "Revocation_sourceId_fkey" FOREIGN KEY ("sourceId") REFERENCES "CrlSource" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "CrlPublication" (
    "authorityId" TEXT NOT NULL PRIMARY KEY,
    "changes" INTEGER NOT NULL DEFAULT 0,
    "pendingSince" DATETIME,
    "published" INTEGER NOT NULL DEFAULT 0,
    "crlId" TEXT,
    "number" BIGINT NOT NULL DEFAULT 0,
    "failingSince" DATETIME,
    "failure" TEXT NOT NULL DEFAULT '',
    CONSTRAINT "CrlPublication_authorityId_fkey" FOREIGN KEY ("authorityId") REFERENCES "Authority" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "CrlPublication_crlId_fkey" FOREIGN KEY ("crlId") REFERENCES "Crl" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Crl" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "authorityId" TEXT,
    "sourceId" TEXT,
    "number" BIGINT,
    "thisUpdate" DATETIME NOT NULL,
    "nextUpdate" DATETIME,
    "entries" INTEGER NOT NULL,
    "size" INTEGER NOT NULL,
    "sha256" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "CrlPart" (
    "crlId" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "body" BLOB NOT NULL,

    PRIMARY KEY ("crlId", "position"),
    CONSTRAINT "CrlPart_crlId_fkey" FOREIGN KEY ("crlId") REFERENCES "Crl" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "CrlSource" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "issuerName" TEXT NOT NULL,
    "certificateId" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "crlId" TEXT,
    "fetchedAt" DATETIME,
    "fetchAt" DATETIME,
    "failingSince" DATETIME,
    "failure" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "createdAt" DATETIME NOT NULL,
    CONSTRAINT "CrlSource_crlId_fkey" FOREIGN KEY ("crlId") REFERENCES "Crl" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "OcspResponder" (
    "authorityId" TEXT NOT NULL PRIMARY KEY,
    "sealedKey" BLOB NOT NULL,
    "certificateId" TEXT NOT NULL,
    "notAfter" DATETIME NOT NULL,
    "renewAt" DATETIME NOT NULL,
    CONSTRAINT "OcspResponder_authorityId_fkey" FOREIGN KEY ("authorityId") REFERENCES "Authority" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "JobRun" (
    "key" TEXT NOT NULL PRIMARY KEY,
    "claimedBy" TEXT NOT NULL,
    "claimedUntil" DATETIME NOT NULL,
    "attempts" INTEGER NOT NULL,
    "finishedAt" DATETIME,
    "failure" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL
);

-- AlterTable
ALTER TABLE "Ground" ADD COLUMN "revocations" INTEGER NOT NULL DEFAULT 0;

-- CreateIndex
CREATE INDEX "Revocation_issuerId_notAfter_serial_revokedAt_reason_invalidAt_idx" ON "Revocation"("issuerId", "notAfter", "serial", "revokedAt", "reason", "invalidAt");

-- CreateIndex
CREATE INDEX "Revocation_issuerId_change_idx" ON "Revocation"("issuerId", "change");

-- CreateIndex
CREATE INDEX "Revocation_revokedAt_certificateId_idx" ON "Revocation"("revokedAt", "certificateId");

-- CreateIndex
CREATE INDEX "Revocation_issuerId_revokedAt_certificateId_idx" ON "Revocation"("issuerId", "revokedAt", "certificateId");

-- CreateIndex
CREATE INDEX "Revocation_reason_revokedAt_certificateId_idx" ON "Revocation"("reason", "revokedAt", "certificateId");

-- CreateIndex
CREATE INDEX "Revocation_sourceId_idx" ON "Revocation"("sourceId");

-- CreateIndex
CREATE INDEX "CrlPublication_crlId_idx" ON "CrlPublication"("crlId");

-- CreateIndex
CREATE INDEX "Crl_authorityId_createdAt_idx" ON "Crl"("authorityId", "createdAt");

-- CreateIndex
CREATE INDEX "Crl_sourceId_createdAt_idx" ON "Crl"("sourceId", "createdAt");

-- CreateIndex
CREATE INDEX "CrlSource_certificateId_idx" ON "CrlSource"("certificateId");

-- CreateIndex
CREATE INDEX "CrlSource_crlId_idx" ON "CrlSource"("crlId");

-- CreateIndex
CREATE INDEX "CrlSource_fetchAt_idx" ON "CrlSource"("fetchAt");

-- CreateIndex
CREATE INDEX "JobRun_finishedAt_idx" ON "JobRun"("finishedAt");

-- Every authority that is there publishes from now on.
INSERT INTO "CrlPublication" ("authorityId") SELECT "id" FROM "Authority";
