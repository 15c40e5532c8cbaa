/**
 * The repositories as statements on one SQLite connection; each operation is one transaction.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import type { Operations } from "../operations.ts";
import { accountOperations, sessionOperations } from "./accounts.ts";
import { callOperations } from "./calls.ts";
import { stageOperations } from "./stages.ts";
import { Connection } from "./connection.ts";
import { leaseOperations } from "./leases.ts";
import { moderationOperations } from "./moderation.ts";
import { auditOperations, likeOperations, settingOperations } from "./records.ts";
import { broadcastOperations, followOperations, roomOperations } from "./rooms.ts";

/** Operations on an opened and migrated database. */
export function sqliteOperations(database: DatabaseSync): Operations {
  const connection = new Connection(database);
  return {
    accounts: accountOperations(connection),
    sessions: sessionOperations(connection),
    rooms: roomOperations(connection),
    follows: followOperations(connection),
    broadcasts: broadcastOperations(connection),
    likes: likeOperations(connection),
    settings: settingOperations(connection),
    audit: auditOperations(connection),
    moderation: moderationOperations(connection),
    leases: leaseOperations(connection),
    calls: callOperations(connection),
    stages: stageOperations(connection),
  };
}
