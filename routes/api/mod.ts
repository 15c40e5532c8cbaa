/**
 * All calls of the JSON API.
 *
 * @module
 */
import type { Services } from "../services.ts";
import { ownAccountRoutes } from "./account.ts";
import { accountRoutes } from "./accounts.ts";
import { adminAccountRoutes } from "./admin_accounts.ts";
import { adminRoomRoutes } from "./admin_rooms.ts";
import { adminSettingRoutes } from "./admin_settings.ts";
import { callRoutes } from "./calls.ts";
import { followRoutes } from "./follows.ts";
import { messageRoutes } from "./messages.ts";
import { moderationRoutes } from "./moderation.ts";
import { moneyRoutes } from "./money.ts";
import { operationsRoutes } from "./operations.ts";
import { pictureRoutes } from "./pictures.ts";
import { pkRoutes } from "./pk.ts";
import { reviewRoutes } from "./reviews.ts";
import { roomRoutes } from "./rooms.ts";
import { stageRoutes } from "./stage.ts";
import type { ApiRoute } from "./table.ts";

/** The table of the JSON API over these services. */
export function apiRoutes(
  services: Services,
  options: { rtmpPort: number; webRtc?: () => boolean },
): readonly ApiRoute[] {
  const parts = {
    ...services,
    rtmpPort: options.rtmpPort,
    webRtc: options.webRtc ?? (() => false),
  };
  return [
    ...accountRoutes(parts),
    ...ownAccountRoutes(parts),
    ...roomRoutes(parts),
    ...followRoutes(parts),
    ...pictureRoutes(parts),
    ...adminAccountRoutes(parts),
    ...adminRoomRoutes(parts),
    ...adminSettingRoutes(parts),
    ...messageRoutes(parts),
    ...moderationRoutes(parts),
    ...reviewRoutes(parts),
    ...moneyRoutes(parts),
    ...pkRoutes(parts),
    ...stageRoutes(parts),
    ...callRoutes(parts),
    ...operationsRoutes(services.operations),
  ];
}
