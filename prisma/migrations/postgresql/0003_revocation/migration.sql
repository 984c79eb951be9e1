-- AlterTable
ALTER TABLE "Ground" ADD COLUMN     "revocations" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "Revocation" (
    "certificateId" TEXT NOT NULL,
    "issuerId" TEXT,
    "serial" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "revokedAt" TIMESTAMP(3) NOT NULL,
    "invalidAt" TIMESTAMP(3),
    "notAfter" TIMESTAMP(3) NOT NULL,
    "comment" TEXT NOT NULL,
    "requestedBy" TEXT NOT NULL,
    "sourceId" TEXT,
    "change" INTEGER NOT NULL,
    "publishedAt" TIMESTAMP(3),

    CONSTRAINT "Revocation_pkey" PRIMARY KEY ("certificateId")
);

-- CreateTable
CREATE TABLE "CrlPublication" (
    "authorityId" TEXT NOT NULL,
    "changes" INTEGER NOT NULL DEFAULT 0,
    "pendingSince" TIMESTAMP(3),
    "published" INTEGER NOT NULL DEFAULT 0,
    "crlId" TEXT,
    "number" BIGINT NOT NULL DEFAULT 0,
    "failingSince" TIMESTAMP(3),
    "failure" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "CrlPublication_pkey" PRIMARY KEY ("authorityId")
);

-- CreateTable
CREATE TABLE "Crl" (
    "id" TEXT NOT NULL,
    "authorityId" TEXT,
    "sourceId" TEXT,
    "number" BIGINT,
    "thisUpdate" TIMESTAMP(3) NOT NULL,
    "nextUpdate" TIMESTAMP(3),
    "entries" INTEGER NOT NULL,
    "size" INTEGER NOT NULL,
    "sha256" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Crl_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "CrlPart" (
    "crlId" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "body" BYTEA NOT NULL,

    CONSTRAINT "CrlPart_pkey" PRIMARY KEY ("crlId","position")
);

-- CreateTable
CREATE TABLE "CrlSource" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "issuerName" TEXT NOT NULL,
    "certificateId" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "crlId" TEXT,
    "fetchedAt" TIMESTAMP(3),
    "fetchAt" TIMESTAMP(3),
    "failingSince" TIMESTAMP(3),
    "failure" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "CrlSource_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "OcspResponder" (
    "authorityId" TEXT NOT NULL,
    "sealedKey" BYTEA NOT NULL,
    "certificateId" TEXT NOT NULL,
    "notAfter" TIMESTAMP(3) NOT NULL,
    "renewAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "OcspResponder_pkey" PRIMARY KEY ("authorityId")
);

-- CreateTable
CREATE TABLE "JobRun" (
    "key" TEXT NOT NULL,
    "claimedBy" TEXT NOT NULL,
    "claimedUntil" TIMESTAMP(3) NOT NULL,
    "attempts" INTEGER NOT NULL,
    "finishedAt" TIMESTAMP(3),
    "failure" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "JobRun_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE INDEX "Revocation_issuerId_notAfter_serial_revokedAt_reason_invali_idx" ON "Revocation"("issuerId", "notAfter", "serial", "revokedAt", "reason", "invalidAt");

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

-- AddForeignKey
ALTER TABLE "Revocation" ADD CONSTRAINT "Revocation_certificateId_fkey" FOREIGN KEY ("certificateId") REFERENCES "Certificate"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Revocation" ADD CONSTRAINT "Revocation_sourceId_fkey" FOREIGN KEY ("sourceId") REFERENCES "CrlSource"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "CrlPublication" ADD CONSTRAINT "CrlPublication_authorityId_fkey" FOREIGN KEY ("authorityId") REFERENCES "Authority"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "CrlPublication" ADD CONSTRAINT "CrlPublication_crlId_fkey" FOREIGN KEY ("crlId") REFERENCES "Crl"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "CrlPart" ADD CONSTRAINT "CrlPart_crlId_fkey" FOREIGN KEY ("crlId") REFERENCES "Crl"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "CrlSource" ADD CONSTRAINT "CrlSource_crlId_fkey" FOREIGN KEY ("crlId") REFERENCES "Crl"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "OcspResponder" ADD CONSTRAINT "OcspResponder_authorityId_fkey" FOREIGN KEY ("authorityId") REFERENCES "Authority"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Every authority that is there publishes from now on.
INSERT INTO "CrlPublication" ("authorityId") SELECT "id" FROM "Authority";
