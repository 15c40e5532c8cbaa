/**
 * The calls of the API as types. Made by `deno task client` from the OpenAPI document; never edited.
 *
 * @module
 */

/** Every call by its address and method. */
export interface paths {
  readonly "/api/accounts": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /**
     * Make an account and log in
     * @description For everybody.
     */
    readonly post: operations["signUp"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/sessions": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /**
     * Log in
     * @description For everybody.
     */
    readonly post: operations["logIn"];
    /**
     * End the session of this request; done already is fine
     * @description For everybody.
     */
    readonly delete: operations["logOut"];
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/session": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * Who asks; `account` is null for a visitor
     * @description For everybody.
     */
    readonly get: operations["whoAmI"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/account": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * One's own account
     * @description For who is logged in.
     */
    readonly get: operations["getAccount"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    /**
     * Choose the name that others see
     * @description For who is logged in.
     */
    readonly patch: operations["changeAccount"];
    readonly trace?: never;
  };
  readonly "/api/account/password": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /**
     * Change the password; every other session ends
     * @description For who is logged in.
     */
    readonly post: operations["changePassword"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/account/sessions": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * Where the account is logged in
     * @description For who is logged in.
     */
    readonly get: operations["listSessions"];
    readonly put?: never;
    readonly post?: never;
    /**
     * Log out everywhere
     * @description For who is logged in.
     */
    readonly delete: operations["endSessions"];
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/account/sessions/{session}": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    readonly post?: never;
    /**
     * Log out somewhere else
     * @description For who is logged in.
     */
    readonly delete: operations["endSession"];
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/account/deletion": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /**
     * Remove the account with its room, follows and pictures
     * @description For who is logged in.
     */
    readonly post: operations["deleteAccount"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/rooms": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * Live rooms by viewers, then the newest
     * @description For everybody.
     */
    readonly get: operations["listRooms"];
    readonly put?: never;
    /**
     * Make the account's room
     * @description For who is logged in.
     */
    readonly post: operations["createRoom"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/categories": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * The categories that rooms may be of
     * @description For everybody.
     */
    readonly get: operations["listCategories"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/rooms/{room}": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * One room with its live state and addresses
     * @description For everybody.
     */
    readonly get: operations["getRoom"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    /**
     * Change title, description, category or the next broadcast
     * @description For the room's owner.
     */
    readonly patch: operations["updateRoom"];
    readonly trace?: never;
  };
  readonly "/api/rooms/{room}/publish-key": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * Where and with what to publish
     * @description For the room's owner.
     */
    readonly get: operations["getPublishKey"];
    readonly put?: never;
    /**
     * Make a new publish key; what runs with the old one is cut off
     * @description For the room's owner.
     */
    readonly post: operations["rotatePublishKey"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/rooms/{room}/stream": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * Health of the running stream, null when there is none, and who watches it
     * @description For the room's owner and administrators.
     */
    readonly get: operations["getStream"];
    readonly put?: never;
    readonly post?: never;
    /**
     * End the running stream; its encoder is refused while it tries to come back by itself
     * @description For the room's owner and administrators.
     */
    readonly delete: operations["cutOffStream"];
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/rooms/{room}/hold": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    readonly post?: never;
    /**
     * Let the encoder in again at once after the stream was ended
     * @description For the room's owner.
     */
    readonly delete: operations["letEncoderIn"];
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/rooms/{room}/broadcasts": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * The room's last broadcasts, a running one first
     * @description For the room's owner and administrators.
     */
    readonly get: operations["listBroadcasts"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/follows": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * Rooms that the account follows, live ones first
     * @description For who is logged in.
     */
    readonly get: operations["listFollows"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/rooms/{room}/follow": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    /**
     * Follow a room; done already is fine
     * @description For who is logged in.
     */
    readonly put: operations["followRoom"];
    readonly post?: never;
    /**
     * Follow a room no more; done already is fine
     * @description For who is logged in.
     */
    readonly delete: operations["unfollowRoom"];
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/account/avatar": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    /**
     * Show a picture beside the name: a square of it, 256 pixels a side
     * @description For who is logged in.
     */
    readonly put: operations["setAvatar"];
    readonly post?: never;
    /**
     * Show no picture beside the name; done already is fine
     * @description For who is logged in.
     */
    readonly delete: operations["removeAvatar"];
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/rooms/{room}/cover": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    /**
     * Show a cover while the room is not live: 16:9, at most 1280 × 720 pixels
     * @description For the room's owner.
     */
    readonly put: operations["setCover"];
    readonly post?: never;
    /**
     * Show no cover; done already is fine
     * @description For the room's owner.
     */
    readonly delete: operations["removeCover"];
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/admin/accounts": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * Accounts, the newest first
     * @description For administrators.
     */
    readonly get: operations["adminListAccounts"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/admin/accounts/{account}": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    readonly post?: never;
    /**
     * Remove an account with its room, follows and pictures
     * @description For administrators.
     */
    readonly delete: operations["adminDeleteAccount"];
    readonly options?: never;
    readonly head?: never;
    /**
     * Suspend an account or take it back; make it an administrator or a member
     * @description For administrators.
     */
    readonly patch: operations["adminChangeAccount"];
    readonly trace?: never;
  };
  readonly "/api/admin/accounts/{account}/password": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /**
     * A random password in the place of a forgotten one; the account's sessions end
     * @description For administrators.
     */
    readonly post: operations["adminResetPassword"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/admin/accounts/{account}/sessions": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    readonly post?: never;
    /**
     * Log an account out everywhere
     * @description For administrators.
     */
    readonly delete: operations["adminEndSessions"];
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/admin/streams": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * Running streams, the most watched first
     * @description For administrators.
     */
    readonly get: operations["adminListStreams"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/admin/rooms": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * Rooms, suspended ones too, the newest first
     * @description For administrators.
     */
    readonly get: operations["adminListRooms"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/admin/rooms/{room}": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    /**
     * Close a room, which ends its stream, or open it again
     * @description For administrators.
     */
    readonly patch: operations["adminChangeRoom"];
    readonly trace?: never;
  };
  readonly "/api/admin/rooms/{room}/publish-key": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /**
     * Make the publish key of a room anew; what runs with the old one is cut off
     * @description For administrators.
     */
    readonly post: operations["adminResetPublishKey"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/admin/hot-rooms": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * Rooms whose messages have a Redis of their own
     * @description For administrators.
     */
    readonly get: operations["adminListHotRooms"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/admin/rooms/{room}/place": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    /**
     * Move a room's messages to another Redis while everybody goes on, and keep them there
     * @description For administrators.
     */
    readonly put: operations["adminPlaceRoom"];
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/admin/settings": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * The settings in force
     * @description For administrators.
     */
    readonly get: operations["getSettings"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    /**
     * Change settings, all of them or none; in force at once
     * @description For administrators.
     */
    readonly patch: operations["changeSettings"];
    readonly trace?: never;
  };
  readonly "/api/admin/settings/history": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * Who changed which setting to what
     * @description For administrators.
     */
    readonly get: operations["listSettingChanges"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/admin/audit": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * What administrators did
     * @description For administrators.
     */
    readonly get: operations["listAuditEntries"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/rooms/{room}/messages": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * New messages, chosen and at most 15; the answer says when to ask again
     * @description For everybody.
     */
    readonly get: operations["pollMessages"];
    readonly put?: never;
    /**
     * Say something in a room
     * @description For everybody.
     */
    readonly post: operations["say"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/accounts/{account}/messages": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /**
     * Say something to one account
     * @description For who is logged in.
     */
    readonly post: operations["sayPrivately"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/account/messages": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * What one said to others and others to one, in order; kept for 30 days
     * @description For who is logged in.
     */
    readonly get: operations["listPrivateMessages"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/broadcasts": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /**
     * Say something in every room
     * @description For administrators.
     */
    readonly post: operations["broadcast"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/rooms/{room}/history": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * Every kept message of a range of time, in order
     * @description For everybody.
     */
    readonly get: operations["listHistory"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/rooms/{room}/likes": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /**
     * Like a room, some times at once
     * @description For everybody.
     */
    readonly post: operations["like"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/im/gateways": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * Which messages come by which way, gateways and a ticket for them
     * @description For everybody.
     */
    readonly get: operations["getGateways"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/rooms/{room}/rules": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * The rules of talking in a room
     * @description For everybody.
     */
    readonly get: operations["getRules"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    /**
     * Change the rules of talking in a room; in force at once
     * @description For who is logged in.
     */
    readonly patch: operations["changeRules"];
    readonly trace?: never;
  };
  readonly "/api/rooms/{room}/moderators": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * Who looks after the room for its owner
     * @description For who is logged in.
     */
    readonly get: operations["listModerators"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/rooms/{room}/moderators/{account}": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    /**
     * Make somebody a moderator; at most 50
     * @description For the room's owner and administrators.
     */
    readonly put: operations["addModerator"];
    readonly post?: never;
    /**
     * Make somebody a moderator no more; moderators may do it themselves
     * @description For who is logged in.
     */
    readonly delete: operations["removeModerator"];
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/rooms/{room}/mutes": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * Who is muted in the room
     * @description For who is logged in.
     */
    readonly get: operations["listMutes"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/rooms/{room}/mutes/{account}": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    /**
     * Mute somebody for a while
     * @description For who is logged in.
     */
    readonly put: operations["mute"];
    readonly post?: never;
    /**
     * End a mute
     * @description For who is logged in.
     */
    readonly delete: operations["unmute"];
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/rooms/{room}/bans": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * Who was shown out of the room
     * @description For who is logged in.
     */
    readonly get: operations["listBans"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/rooms/{room}/bans/{account}": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    /**
     * Show somebody out, for a while or for ever; their connections end
     * @description For who is logged in.
     */
    readonly put: operations["ban"];
    readonly post?: never;
    /**
     * End a ban
     * @description For who is logged in.
     */
    readonly delete: operations["unban"];
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/account/blocks": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * Accounts that the account does not want to hear from
     * @description For who is logged in.
     */
    readonly get: operations["listBlocks"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/account/blocks/{account}": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    /**
     * Block an account: its private messages are refused; at most 500
     * @description For who is logged in.
     */
    readonly put: operations["block"];
    readonly post?: never;
    /**
     * End a block; done already is fine
     * @description For who is logged in.
     */
    readonly delete: operations["unblock"];
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/rooms/{room}/messages/{message}": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    readonly post?: never;
    /**
     * Take a text back for everybody; one's own within two minutes
     * @description For who is logged in.
     */
    readonly delete: operations["removeMessage"];
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/rooms/{room}/messages/{message}/report": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /**
     * Report a text to those who look after the room
     * @description For who is logged in.
     */
    readonly post: operations["reportMessage"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/rooms/{room}/review": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * Texts that wait for a review
     * @description For who is logged in.
     */
    readonly get: operations["listReview"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/rooms/{room}/review/{text}": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /**
     * Let a text be said now, or not at all
     * @description For who is logged in.
     */
    readonly post: operations["decideReview"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/rooms/{room}/acts": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * Who did what to whom in the room
     * @description For who is logged in.
     */
    readonly get: operations["listActs"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/rooms/{room}/reports": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * Open reports of a room, the newest first
     * @description For who is logged in.
     */
    readonly get: operations["listReports"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/rooms/{room}/reports/{report}": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    readonly post?: never;
    /**
     * Close a report
     * @description For who is logged in.
     */
    readonly delete: operations["closeReport"];
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/admin/reports": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * The newest open reports of all rooms
     * @description For administrators.
     */
    readonly get: operations["listAllReports"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/gifts": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * The catalogue of gifts
     * @description For everybody.
     */
    readonly get: operations["listGifts"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/rooms/{room}/gifts": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /**
     * Give gifts into a room
     * @description For who is logged in.
     */
    readonly post: operations["giveGift"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/rooms/{room}/leaderboard": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * Who gave most in the room
     * @description For everybody.
     */
    readonly get: operations["getLeaderboard"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/wallet": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * The account's coins and level
     * @description For who is logged in.
     */
    readonly get: operations["getWallet"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/wallet/history": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * What came into the account's wallet and what went
     * @description For who is logged in.
     */
    readonly get: operations["listWalletEntries"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/wallet/top-up": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /**
     * Coins for the asking, where the setting `topUp` is `development`
     * @description For who is logged in.
     */
    readonly post: operations["topUp"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/admin/accounts/{account}/coins": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /**
     * Give coins to an account
     * @description For administrators.
     */
    readonly post: operations["adminGrantCoins"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/rooms/{room}/pk": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * The battle that the room is in, or its last one
     * @description For everybody.
     */
    readonly get: operations["getPk"];
    readonly put?: never;
    /**
     * Ask another live room for a battle
     * @description For the room's owner.
     */
    readonly post: operations["invitePk"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    /**
     * Accept, decline, cancel or end the room's battle
     * @description For the room's owner.
     */
    readonly patch: operations["changePk"];
    readonly trace?: never;
  };
  readonly "/api/rooms/{room}/stage": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * The room's stage: guests on it, and for who leads it those who wait
     * @description For everybody.
     */
    readonly get: operations["getStage"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    /**
     * Whether viewers may ask, how pictures stand, and who mixes; for who leads the stage
     * @description For who is logged in.
     */
    readonly patch: operations["arrangeStage"];
    readonly trace?: never;
  };
  readonly "/api/rooms/{room}/stage/wishes": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /**
     * Ask to come on stage
     * @description For who is logged in.
     */
    readonly post: operations["askForStage"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/rooms/{room}/stage/invitations": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /**
     * Ask somebody to come on stage, by the name they log in with; who asks is let in
     * @description For who is logged in.
     */
    readonly post: operations["inviteToStage"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/rooms/{room}/stage/guests/{account}": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    /**
     * Accept, decline or leave as the guest; accept, decline, mute or remove as who leads
     * @description For who is logged in.
     */
    readonly patch: operations["changeStageGuest"];
    readonly trace?: never;
  };
  readonly "/api/rooms/{room}/stage/key": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /**
     * What a guest on stage publishes with, by WHIP; the key before is worth nothing
     * @description For who is logged in.
     */
    readonly post: operations["takeSeatKey"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/calls": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * The account's own calls
     * @description For who is logged in.
     */
    readonly get: operations["listCalls"];
    readonly put?: never;
    /**
     * Make a call of one's own, for up to 16 people with WebRTC, else 4
     * @description For who is logged in.
     */
    readonly post: operations["makeCall"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/calls/{name}": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * A call; a name that nobody has is open to whoever joins first
     * @description For everybody.
     */
    readonly get: operations["getCall"];
    readonly put?: never;
    readonly post?: never;
    /**
     * End a call of one's own for everybody; its name is free again
     * @description For who is logged in.
     */
    readonly delete: operations["endCall"];
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/calls/{name}/invitations": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /**
     * A link that lets whoever has it into a call of one's own, for seven days
     * @description For who is logged in.
     */
    readonly post: operations["inviteToCall"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/ice-servers": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * STUN and TURN servers for a peer connection, with credentials for six hours
     * @description For everybody.
     */
    readonly get: operations["getIceServers"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/admin/health": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * Every process with its restarts, load and last half hour
     * @description For administrators.
     */
    readonly get: operations["getHealth"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/api/admin/log": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /**
     * The newest log lines of all processes, or those after one
     * @description For administrators.
     */
    readonly get: operations["readLog"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
}
/** Every shape that has a name. */
export interface components {
  schemas: {
    /** @description RFC 9457 */
    readonly Problem: {
      /** Format: uri-reference */
      readonly type: string;
      readonly title: string;
      readonly status: number;
      /** @description Stable, for programs */
      readonly code: string;
      readonly detail?: string;
      /** @description The input at fault */
      readonly field?: string;
    };
    readonly Credentials: {
      /**
       * @description 2–32 characters after NFKC; unique without regard to case
       * @example lin
       */
      readonly name: string;
      /**
       * @description 8–256 characters
       * @example a long password
       */
      readonly password: string;
    };
    readonly Account: {
      /** @description Opaque, stable */
      readonly id: string;
      readonly name: string;
    };
    readonly OwnAccount: {
      readonly id: string;
      readonly name: string;
      readonly admin: boolean;
    };
    readonly Profile: {
      /** @description Opaque, stable */
      readonly id: string;
      /** @description For logging in */
      readonly name: string;
      /** @description Shown in the place of the name */
      readonly displayName: string | null;
      readonly avatar: string | null;
      readonly admin: boolean;
      /**
       * Format: date-time
       * @description ISO 8601, UTC
       * @example 2026-01-31T19:30:00Z
       */
      readonly createdAt: string;
    };
    readonly AccountChange: {
      /**
       * @description 2–32 characters after NFKC, nobody else's name; null: the log-in name is shown
       * @example Lin 🎥
       */
      readonly displayName?: string | null;
    };
    readonly PasswordChange: {
      /**
       * @description The password until now
       * @example a long password
       */
      readonly current: string;
      /**
       * @description 8–256 characters
       * @example an even longer password
       */
      readonly next: string;
    };
    readonly Session: {
      /** @description Opaque; not the token */
      readonly id: string;
      /**
       * Format: date-time
       * @description ISO 8601, UTC
       * @example 2026-01-31T19:30:00Z
       */
      readonly createdAt: string;
      /**
       * Format: date-time
       * @description ISO 8601, UTC
       * @example 2026-01-31T19:30:00Z
       */
      readonly seenAt: string;
      /** @description As the program called itself; may be empty */
      readonly userAgent: string;
      /** @description Where it was begun from */
      readonly address: string;
      /** @description The session of this request */
      readonly current: boolean;
    };
    readonly AccountDeletion: {
      /**
       * @description The account's password, once more
       * @example a long password
       */
      readonly password: string;
    };
    readonly RoomInput: {
      /**
       * @description 1–100 characters; white space becomes single spaces
       * @example Friday night
       */
      readonly title: string;
    };
    readonly Person: {
      /** @description Opaque, stable */
      readonly id: string;
      /** @description The display name, or the log-in name of who chose none */
      readonly name: string;
      readonly avatar: string | null;
    };
    readonly Playback: {
      readonly llhls: string | null;
      readonly hls: string | null;
      readonly flv: string | null;
      readonly rtmp: string | null;
      readonly whep: string | null;
    };
    readonly Room: {
      /** @description Decimal number from 100001 on */
      readonly id: string;
      readonly title: string;
      /** @description Plain text with line ends; may be empty */
      readonly description: string;
      /** @description Key of a category */
      readonly category: string | null;
      readonly cover: string | null;
      readonly owner: components["schemas"]["Person"];
      /** @description Accounts that follow the room */
      readonly followers: number;
      readonly live: boolean;
      readonly startedAt: string | null;
      readonly viewers: number;
      readonly still: string | null;
      /** @description When the broadcaster means to be live next */
      readonly nextLiveAt: string | null;
      /** @description When the last broadcast ended or was last seen */
      readonly lastLiveAt: string | null;
      readonly playback: components["schemas"]["Playback"];
    };
    readonly Publish: {
      /** @description The publish key */
      readonly key: string;
      readonly rtmp: {
        /**
         * Format: uri
         * @description Server of the encoder
         */
        readonly server: string;
        /** @description Stream key of the encoder */
        readonly streamKey: string;
      };
      readonly whip: string | null;
    };
    readonly Category: {
      /** @description 1–24 lower-case letters, digits and hyphens */
      readonly key: string;
      /** @description Its name in Chinese */
      readonly zh: string;
      /** @description Its name in English */
      readonly en: string;
    };
    readonly RoomChange: {
      /**
       * @description 1–100 characters; white space becomes single spaces
       * @example Friday night
       */
      readonly title?: string;
      /**
       * @description At most 2000 characters and 60 lines of plain text
       * @example Jazz and talk
       */
      readonly description?: string;
      /**
       * @description Key of a category, or null
       * @example music
       */
      readonly category?: string | null;
      /** @description When the next broadcast is meant to begin, within a year */
      readonly nextLiveAt?: string | null;
    };
    readonly Stream: {
      readonly room: string;
      /** @enum {string} */
      readonly state: "live" | "waiting";
      /**
       * Format: date-time
       * @description ISO 8601, UTC
       * @example 2026-01-31T19:30:00Z
       */
      readonly startedAt: string;
      readonly protocol: string;
      readonly encoder: string | null;
      readonly remoteAddress: string;
      readonly video: {
        readonly codec: string;
        readonly codecString: string;
        readonly width: number;
        readonly height: number;
        readonly fps: number;
        readonly bFrames: boolean;
        /** @description What reordering costs; 0 without B-frames */
        readonly bFrameDelayMs: number;
        readonly keyFrameIntervalMs: number | null;
      } | null;
      readonly audio: {
        readonly codec: string;
        readonly codecString: string;
        readonly sampleRate: number;
        readonly channels: number;
      } | null;
      readonly bitrateKbps: number;
      /** @description Left out by the encoder since the start */
      readonly droppedFrames: number;
      /** @description Those of the last 30 s */
      readonly droppedFramesRecently: number;
      /** @description Worst lag of the upload in the last 5 s; hundreds mean an unstable one */
      readonly uploadLagMs: number;
      readonly reconnects: number;
      readonly readers: {
        readonly [key: string]: number;
      };
      readonly outputs: {
        readonly llhls: boolean;
        readonly hls: boolean;
      };
    };
    readonly ViewersByProtocol: {
      readonly flv: number;
      readonly ws: number;
      readonly hls: number;
      readonly rtmp: number;
      readonly whep: number;
    };
    readonly Broadcast: {
      /**
       * Format: date-time
       * @description ISO 8601, UTC
       * @example 2026-01-31T19:30:00Z
       */
      readonly startedAt: string;
      /** @description Null while it runs */
      readonly endedAt: string | null;
      /** @description Until its end, or until it was last seen */
      readonly durationMs: number;
      readonly peakViewers: number;
      readonly averageViewers: number;
      readonly averageKbps: number;
      readonly droppedFrames: number;
      readonly reconnects: number;
      /** @description Coins of the gifts that came in */
      readonly giftCoins: number;
      readonly encoder: string | null;
      readonly protocol: string;
      /** @description 0 without video */
      readonly width: number;
      readonly height: number;
    };
    readonly ListedAccount: {
      /** @description Opaque, stable */
      readonly id: string;
      /** @description For logging in */
      readonly name: string;
      /** @description Shown in the place of the name */
      readonly displayName: string | null;
      readonly avatar: string | null;
      readonly admin: boolean;
      /**
       * Format: date-time
       * @description ISO 8601, UTC
       * @example 2026-01-31T19:30:00Z
       */
      readonly createdAt: string;
      readonly suspended: boolean;
      /** @description Id of its room */
      readonly roomId: string | null;
      /** @description Its open sessions; some that ended of age may count for a minute */
      readonly sessions: number;
    };
    readonly AdminAccountChange: {
      /** @description True ends its sessions and its stream, and nobody logs in to it */
      readonly suspended?: boolean;
      readonly admin?: boolean;
      /**
       * @description For the audit log; what is beyond 300 characters is left out
       * @example Spam
       */
      readonly reason?: string;
    };
    readonly AdminAccount: {
      /** @description Opaque, stable */
      readonly id: string;
      /** @description For logging in */
      readonly name: string;
      /** @description Shown in the place of the name */
      readonly displayName: string | null;
      readonly avatar: string | null;
      readonly admin: boolean;
      /**
       * Format: date-time
       * @description ISO 8601, UTC
       * @example 2026-01-31T19:30:00Z
       */
      readonly createdAt: string;
      readonly suspended: boolean;
    };
    readonly RunningStream: {
      /** @description Id of the room */
      readonly room: string;
      readonly title: string;
      readonly owner: {
        readonly id: string;
        readonly name: string;
      };
      readonly viewers: number;
      readonly viewersByProtocol: components["schemas"]["ViewersByProtocol"];
      readonly stream: components["schemas"]["Stream"];
    };
    readonly AdminRoom: {
      /** @description Decimal number from 100001 on */
      readonly id: string;
      readonly title: string;
      /** @description Plain text with line ends; may be empty */
      readonly description: string;
      /** @description Key of a category */
      readonly category: string | null;
      readonly cover: string | null;
      readonly owner: components["schemas"]["Person"];
      /** @description Accounts that follow the room */
      readonly followers: number;
      readonly live: boolean;
      readonly startedAt: string | null;
      readonly viewers: number;
      readonly still: string | null;
      /** @description When the broadcaster means to be live next */
      readonly nextLiveAt: string | null;
      /** @description When the last broadcast ended or was last seen */
      readonly lastLiveAt: string | null;
      readonly playback: components["schemas"]["Playback"];
      /** @description The room, or its owner's account */
      readonly suspended: boolean;
      /**
       * Format: date-time
       * @description ISO 8601, UTC
       * @example 2026-01-31T19:30:00Z
       */
      readonly createdAt: string;
    };
    readonly AdminRoomChange: {
      /** @description True ends its stream, and nobody publishes into it */
      readonly suspended: boolean;
      /**
       * @description For the audit log; what is beyond 300 characters is left out
       * @example Spam
       */
      readonly reason?: string;
    };
    readonly RoomPlace: {
      /** @description One of `places`; null: the room may be moved by itself */
      readonly place: string | null;
    };
    readonly WordList: {
      /** @description 1–40 characters each; a `*` at either end lets the word be a part of a longer one */
      readonly list: readonly string[];
      /**
       * @description `refuse`: not said; `mask`: said with stars; `hold`: somebody looks at it first
       * @enum {string}
       */
      readonly action: "refuse" | "mask" | "hold";
    };
    readonly MessageSettings: {
      /** @description Messages that reach a viewer in a second, at most */
      readonly maxPerSecond: number;
      /** @description By lane: a message older than this goes to the history only; a change names some lanes */
      readonly ageMs: {
        readonly [key: string]: number;
      };
      /** @description Time from one batch of the long connection to the next */
      readonly batchMs: number;
      /** @description Time to the next poll: the first step whose `viewers` is above the room's */
      readonly poll: readonly {
        readonly viewers: number;
        readonly afterMs: number;
      }[];
      /** @description From so many viewers on a room is big */
      readonly bigRoomViewers: number;
      /** @description Kinds that big rooms push; the others are polled */
      readonly bigRoomPush: readonly ("chat" | "gift" | "pk" | "notice")[];
      /** @description A gift from so many coins on is announced in every room */
      readonly bigGiftCoins: number;
      /** @description Texts of one account in a room in ten seconds */
      readonly chatPerTenSeconds: number;
      /** @description Texts that a room takes in a second from everybody */
      readonly roomChatPerSecond: number;
      /** @description From this level on texts come before others */
      readonly valuedLevel: number;
      /** @description Messages a second that move a room to a Redis of HOT_REDIS_URLS */
      readonly hotRoomPerSecond: number;
    };
    readonly Settings: {
      /**
       * @description 1–40 characters
       * @example Wanren
       */
      readonly siteName: string;
      /**
       * @description One line on top of the pages, at most 200 characters; empty: none
       * @example Maintenance on Sunday at 4:00
       */
      readonly notice: string;
      /** @enum {string} */
      readonly signUp: "open" | "closed";
      /**
       * @description Who may broadcast
       * @enum {string}
       */
      readonly broadcasting: "everyone" | "administrators";
      /** @description Origins that may frame `/embed/`, at most 50; `*` alone: all */
      readonly embedFrames: readonly string[];
      /** @description At most 24 */
      readonly categories: readonly components["schemas"]["Category"][];
      /** @description Whether the demo channel runs */
      readonly demo: boolean;
      /**
       * @description `development`: everybody may have coins for the asking
       * @enum {string}
       */
      readonly topUp: "off" | "development";
      /** @description Whether both pictures of a battle are also mixed into one stream; needs ffmpeg */
      readonly pkMix: boolean;
      readonly words: components["schemas"]["WordList"];
      readonly im: components["schemas"]["MessageSettings"];
    };
    readonly SettingsChange: {
      /**
       * @description 1–40 characters
       * @example Wanren
       */
      readonly siteName?: string;
      /**
       * @description One line on top of the pages, at most 200 characters; empty: none
       * @example Maintenance on Sunday at 4:00
       */
      readonly notice?: string;
      /** @enum {string} */
      readonly signUp?: "open" | "closed";
      /**
       * @description Who may broadcast
       * @enum {string}
       */
      readonly broadcasting?: "everyone" | "administrators";
      /** @description Origins that may frame `/embed/`, at most 50; `*` alone: all */
      readonly embedFrames?: readonly string[];
      /** @description At most 24 */
      readonly categories?: readonly components["schemas"]["Category"][];
      /** @description Whether the demo channel runs */
      readonly demo?: boolean;
      /**
       * @description `development`: everybody may have coins for the asking
       * @enum {string}
       */
      readonly topUp?: "off" | "development";
      /** @description Whether both pictures of a battle are also mixed into one stream; needs ffmpeg */
      readonly pkMix?: boolean;
      readonly words?: components["schemas"]["WordList"];
      /** @description Some of the MessageSettings; the rest stays */
      readonly im?: {
        readonly [key: string]: unknown;
      };
    };
    readonly Actor: {
      readonly id: string;
      /** @description At that time */
      readonly name: string;
    };
    readonly SettingChange: {
      readonly id: number;
      /**
       * Format: date-time
       * @description ISO 8601, UTC
       * @example 2026-01-31T19:30:00Z
       */
      readonly at: string;
      readonly actor: components["schemas"]["Actor"];
      readonly key: string;
      /** @description What it was set to */
      readonly value: unknown;
    };
    readonly AuditEntry: {
      readonly id: number;
      /**
       * Format: date-time
       * @description ISO 8601, UTC
       * @example 2026-01-31T19:30:00Z
       */
      readonly at: string;
      readonly actor: components["schemas"]["Actor"];
      /** @enum {string} */
      readonly action:
        | "account_suspended"
        | "account_restored"
        | "account_password_reset"
        | "account_sessions_ended"
        | "account_made_admin"
        | "account_made_member"
        | "account_deleted"
        | "room_suspended"
        | "room_restored"
        | "room_key_reset"
        | "room_placed"
        | "stream_cut_off"
        | "setting_changed"
        | "broadcast_sent"
        | "coins_granted"
        | "room_moderated";
      /** @description `account:<id>`, `room:<id>` or `setting:<key>` */
      readonly target: string;
      /** @description Name or title of the target at that time, a reason, a value */
      readonly detail: string;
    };
    readonly ChatInput: {
      /** @constant */
      readonly kind: "chat";
      /** @description 1–300 characters and at most 1 KB; white space becomes single spaces */
      readonly text: string;
      /** @description 1–64 letters, digits, `_` or `-`: a repeated one is said once */
      readonly clientId: string;
      readonly style?: {
        /** @description `#rrggbb` of the palette that the level allows */
        readonly color?: string | null;
        /** @description scroll, top, bottom; top and bottom from a level on */
        readonly mode?: string;
      };
      /** @description Id of the message that it answers */
      readonly replyTo?: string | null;
    };
    readonly Sender: {
      /** @description The account's id; `v-…` for a visitor */
      readonly id: string;
      readonly name: string;
      /** @description By coins spent */
      readonly level: number;
      /** @enum {string} */
      readonly role: "visitor" | "member" | "moderator" | "owner" | "admin";
    };
    readonly Message: {
      /** @description Unique within its channel */
      readonly id: string;
      /** @enum {string} */
      readonly kind: "chat" | "gift" | "pk" | "notice";
      /** @description 0: the most important */
      readonly priority: number;
      /** @description null: the system */
      readonly from: components["schemas"]["Sender"] | null;
      /**
       * Format: date-time
       * @description ISO 8601, UTC
       * @example 2026-01-31T19:30:00Z
       */
      readonly at: string;
      /** @description Messages of one key replace each other */
      readonly stateKey?: string;
      /** @description Messages behind this one when more than one was merged */
      readonly merged?: number;
      /** @description chat */
      readonly text?: string;
      /** @description chat: `#rrggbb` */
      readonly color?: string | null;
      /** @enum {string} */
      readonly mode?: "scroll" | "top" | "bottom";
      readonly replyTo?: {
        readonly id: string;
        readonly name: string;
        readonly text: string;
      } | null;
      /** @description gift: key of the catalogue */
      readonly gift?: string;
      /** @description gift */
      readonly count?: number;
      /** @description gift: how many in a row */
      readonly combo?: number;
      /** @description gift: coins */
      readonly value?: number;
      /** @description gift: whose side of a battle */
      readonly side?: string | null;
      /** @description pk */
      readonly battle?: string;
      /** @description pk */
      readonly phase?: string;
      /** @description pk */
      readonly sides?: readonly unknown[];
      /** @description pk: milliseconds since the epoch */
      readonly endsAtMs?: number;
      /** @description pk: a room, or null */
      readonly winner?: string | null;
      /** @description notice: what it is about */
      readonly notice?: string;
      /** @description notice */
      readonly data?: {
        readonly [key: string]: unknown;
      };
    };
    readonly PrivateInput: {
      /** @description 1–300 characters and at most 1 KB; white space becomes single spaces */
      readonly text: string;
      /** @description 1–64 letters, digits, `_` or `-`: a repeated one is said once */
      readonly clientId: string;
    };
    readonly BroadcastInput: {
      /** @description 1–300 characters and at most 1 KB; white space becomes single spaces */
      readonly text: string;
      /** @description Number of a room that it leads to */
      readonly room?: string | null;
      /** @description A repeated one is said once */
      readonly requestId?: string;
    };
    readonly LikesInput: {
      /** @description 1 to 50 */
      readonly count: number;
      /** @description 1–64 letters, digits, `_` or `-`: a repeated one counts once */
      readonly requestId: string;
    };
    readonly RoomRules: {
      /** @description Seconds from one text of somebody to their next, at most 3,600; 0: none */
      readonly slowModeS: number;
      readonly followersOnly: boolean;
      /** @description Lowest level that talks, at most 100 */
      readonly minLevel: number;
      readonly emotesOnly: boolean;
      /** @description Whether visitors talk */
      readonly visitors: boolean;
      /** @description Somebody looks at every text first */
      readonly review: boolean;
      /** @description At most 300; null for who does not look after the room */
      readonly words: components["schemas"]["WordList"] | null;
    };
    readonly RoomRulesChange: {
      /** @description Seconds from one text of somebody to their next, at most 3,600; 0: none */
      readonly slowModeS?: number;
      readonly followersOnly?: boolean;
      /** @description Lowest level that talks, at most 100 */
      readonly minLevel?: number;
      readonly emotesOnly?: boolean;
      /** @description Whether visitors talk */
      readonly visitors?: boolean;
      /** @description Somebody looks at every text first */
      readonly review?: boolean;
      readonly words?: {
        /** @description 1–40 characters each; a `*` at either end lets the word be a part of a longer one */
        readonly list?: readonly string[];
        /**
         * @description `refuse`: not said; `mask`: said with stars; `hold`: somebody looks at it first
         * @enum {string}
         */
        readonly action?: "refuse" | "mask" | "hold";
      };
    };
    readonly Named: {
      readonly id: string;
      /** @description At that time */
      readonly name: string;
    };
    readonly Moderator: {
      readonly account: components["schemas"]["Named"];
      /**
       * Format: date-time
       * @description ISO 8601, UTC
       * @example 2026-01-31T19:30:00Z
       */
      readonly since: string;
    };
    readonly Restriction: {
      readonly account: components["schemas"]["Named"];
      /**
       * Format: date-time
       * @description ISO 8601, UTC
       * @example 2026-01-31T19:30:00Z
       */
      readonly at: string;
      /** @description null: for ever */
      readonly until: string | null;
      readonly reason: string;
      readonly by: components["schemas"]["Named"];
    };
    readonly MuteInput: {
      /** @description 60 to 2,592,000 */
      readonly seconds: number;
      /** @description At most 200 characters */
      readonly reason?: string;
    };
    readonly BanInput: {
      /** @description 60 to 2,592,000; null: for ever */
      readonly seconds: number | null;
      /** @description At most 200 characters */
      readonly reason?: string;
    };
    readonly Block: {
      readonly account: components["schemas"]["Named"];
      /**
       * Format: date-time
       * @description ISO 8601, UTC
       * @example 2026-01-31T19:30:00Z
       */
      readonly at: string;
    };
    readonly ReportInput: {
      /** @description 1–200 characters */
      readonly reason: string;
    };
    readonly HeldText: {
      readonly id: string;
      /**
       * Format: date-time
       * @description ISO 8601, UTC
       * @example 2026-01-31T19:30:00Z
       */
      readonly at: string;
      readonly from: components["schemas"]["Named"] | null;
      readonly text: string;
    };
    readonly Decision: {
      /** @enum {string} */
      readonly action: "approve" | "reject";
    };
    readonly Act: {
      /**
       * Format: date-time
       * @description ISO 8601, UTC
       * @example 2026-01-31T19:30:00Z
       */
      readonly at: string;
      readonly actor: components["schemas"]["Named"];
      /** @enum {string} */
      readonly act:
        | "rules_changed"
        | "moderator_added"
        | "moderator_removed"
        | "muted"
        | "unmuted"
        | "banned"
        | "unbanned"
        | "message_removed"
        | "text_approved"
        | "text_rejected"
        | "report_closed";
      /** @description Whom it was done to */
      readonly account: components["schemas"]["Named"] | null;
      readonly detail: string;
    };
    readonly Report: {
      readonly id: string;
      readonly room: string;
      /**
       * Format: date-time
       * @description ISO 8601, UTC
       * @example 2026-01-31T19:30:00Z
       */
      readonly at: string;
      readonly message: {
        readonly id: string;
        readonly from: components["schemas"]["Named"] | null;
        readonly text: string;
        /**
         * Format: date-time
         * @description ISO 8601, UTC
         * @example 2026-01-31T19:30:00Z
         */
        readonly at: string;
      };
      readonly reason: string;
      readonly reporter: components["schemas"]["Named"];
    };
    readonly Gift: {
      /** @description Stands in messages */
      readonly key: string;
      /** @description Its name in Chinese */
      readonly zh: string;
      /** @description Its name in English */
      readonly en: string;
      /** @description What one costs */
      readonly coins: number;
      /** @description Name of a lucide icon */
      readonly icon: string;
      /** @enum {string} */
      readonly effect: "float" | "combo" | "banner" | "fullscreen";
    };
    readonly GiftInput: {
      /** @description Key of the catalogue */
      readonly gift: string;
      /** @description 1 to 9999 */
      readonly count: number;
      /** @description 1–64 letters, digits, `_` or `-`: a repeated one is paid once */
      readonly requestId: string;
      /** @description In a battle: the room it counts for; else this one */
      readonly side?: string | null;
    };
    readonly Place: {
      readonly account: {
        readonly id: string;
        readonly name: string;
      };
      /** @description Given in this room */
      readonly coins: number;
    };
    readonly Wallet: {
      /** @description Coins */
      readonly balance: number;
      /** @description Coins spent in all */
      readonly spent: number;
      /** @description By coins spent */
      readonly level: number;
      /** @description Coins spent from which on the next level is reached; null: there is none */
      readonly nextLevelAt: number | null;
      /** @description Whether `POST /api/wallet/top-up` gives coins */
      readonly topUp: boolean;
    };
    readonly WalletEntry: {
      /** @description Rising */
      readonly id: number;
      /**
       * Format: date-time
       * @description ISO 8601, UTC
       * @example 2026-01-31T19:30:00Z
       */
      readonly at: string;
      /** @enum {string} */
      readonly kind: "gift" | "grant";
      /** @description What came, or went (negative) */
      readonly coins: number;
      /** @description Behind it */
      readonly balance: number;
      /** @description Of a gift */
      readonly room: string | null;
      /** @description Key of the catalogue */
      readonly gift: string | null;
      /** @description Of a gift; else 0 */
      readonly count: number;
      /** @description Of a grant */
      readonly reason: string | null;
    };
    readonly TopUpInput: {
      /** @description A repeated one gives its 10000 coins once */
      readonly requestId: string;
    };
    readonly GrantInput: {
      /** @description 1 to 1000000000 */
      readonly coins: number;
      /** @description At most 200 characters; may be empty */
      readonly reason: string;
      /** @description A repeated one counts once */
      readonly requestId?: string;
    };
    readonly Pk: {
      /** @description Its id */
      readonly battle: string;
      /** @enum {string} */
      readonly phase: "invited" | "running" | "penalty" | "over" | "declined";
      /** @description The challenger, the opponent */
      readonly sides: readonly {
        readonly room: string;
        readonly name: string;
        /** @description Coins */
        readonly score: number;
      }[];
      readonly durationS: number;
      /** @description When the phase ends, milliseconds since the epoch */
      readonly endsAtMs: number;
      /** @description A room; null: nobody yet, or a draw */
      readonly winner: string | null;
      /** @description Why it ended: declined, cancelled, unanswered, off_air, given_up, released, time */
      readonly ending: string | null;
      /** @description The live stream with both pictures, the challenger's on the left; null: there is none */
      readonly mix: string | null;
    };
    readonly PkInput: {
      /** @description Id of the other room */
      readonly opponent: string;
      /** @description 60 to 900 seconds */
      readonly durationS: number;
    };
    readonly PkAction: {
      /**
       * @description accept, decline: the opponent; cancel: the challenger; end: give up, or release the loser
       * @enum {string}
       */
      readonly action: "accept" | "decline" | "cancel" | "end";
    };
    readonly StageGuest: {
      /** @description Account */
      readonly account: string;
      /** @description As it is shown */
      readonly name: string;
      /** @enum {string} */
      readonly phase: "asking" | "invited" | "seated";
      /** @description From 1; null: not on stage */
      readonly seat: number | null;
      /** @description Whoever leads the stage has turned the sound off */
      readonly muted: boolean;
      /**
       * Format: date-time
       * @description ISO 8601, UTC
       * @example 2026-01-31T19:30:00Z
       */
      readonly since: string;
    };
    readonly Stage: {
      /** @description Rises with each change; 0: nothing has happened yet */
      readonly version: number;
      /** @description Viewers may ask */
      readonly open: boolean;
      /**
       * @description Who makes the picture: this platform, or the host's own studio
       * @enum {string}
       */
      readonly mode: "mixed" | "canvas";
      /**
       * @description How this platform arranges the pictures
       * @enum {string}
       */
      readonly layout: "grid" | "speaker" | "side_by_side" | "picture_in_picture";
      /** @description Why it is not mixed although it should be; only for who leads */
      readonly trouble: string | null;
      /** @description Where the host's voice goes by WHIP, with the room's key, while their own studio makes the picture: for those on stage; only for who leads */
      readonly voice: string | null;
      /** @description Whether you lead the stage: its host, or a moderator */
      readonly leads: boolean;
      /** @description How many ask */
      readonly asking: number;
      /** @description Who leads sees everybody, others those on stage and themselves */
      readonly guests: readonly components["schemas"]["StageGuest"][];
      /** @description Your own part; null: none */
      readonly me: {
        /** @enum {string} */
        readonly phase: "asking" | "invited" | "seated";
        /** @description From 1; null: not on stage */
        readonly seat: number | null;
        /** @description Whoever leads the stage has turned the sound off */
        readonly muted: boolean;
        /** @description Among those who ask, from 1 */
        readonly place: number | null;
      } | null;
      /** @description The others on stage without delay, for those on stage and who leads */
      readonly streams: readonly {
        /** @description 0: the host */
        readonly seat: number;
        /**
         * Format: uri
         * @description To watch it by WHEP
         */
        readonly whep: string;
        /** @description Bearer token for it, for two minutes */
        readonly pass: string;
      }[];
    };
    readonly StageChange: {
      /** @description Viewers may ask */
      readonly open?: boolean;
      /**
       * @description Who makes the picture: this platform, or the host's own studio
       * @enum {string}
       */
      readonly mode?: "mixed" | "canvas";
      /**
       * @description How this platform arranges the pictures
       * @enum {string}
       */
      readonly layout?: "grid" | "speaker" | "side_by_side" | "picture_in_picture";
    };
    readonly StageInvitation: {
      /** @description The name they log in with */
      readonly name: string;
    };
    readonly StageGuestAction: {
      /** @enum {string} */
      readonly action: "accept" | "decline" | "mute" | "unmute" | "remove" | "leave";
    };
    readonly SeatKey: {
      /**
       * Format: uri
       * @description Where to publish
       */
      readonly whip: string;
      /** @description Bearer token for it */
      readonly key: string;
      /**
       * Format: date-time
       * @description ISO 8601, UTC
       * @example 2026-01-31T19:30:00Z
       */
      readonly until: string;
    };
    readonly Call: {
      /**
       * @description In the address `/call/<name>`
       * @example weekly
       */
      readonly name: string;
      /**
       * @description Who may join: everybody with the link, who knows the password, who is invited
       * @enum {string}
       */
      readonly access: "open" | "password" | "invited";
      /** @description Whether people without an account may join */
      readonly guests: boolean;
      /** @description Nobody else is let in just now */
      readonly locked: boolean;
      /** @description People in it */
      readonly people: number;
      /** @description People that it has room for */
      readonly capacity: number;
      /** @description Whether the call is the account's own */
      readonly owned: boolean;
      /**
       * Format: uri
       * @description The page of the call
       */
      readonly url: string;
      /**
       * Format: uri
       * @description WebSocket of its signalling
       */
      readonly signal: string;
    };
    readonly NewCall: {
      /**
       * @description Letters and digits of any script, hyphens, low lines; at most 48
       * @example weekly
       */
      readonly name: string;
      /**
       * @description Who may join: everybody with the link, who knows the password, who is invited
       * @enum {string}
       */
      readonly access?: "open" | "password" | "invited";
      /** @description 8 to 256 characters, with `password` */
      readonly password?: string;
      readonly guests?: boolean;
    };
    readonly CallInvitation: {
      /**
       * Format: uri
       * @description Whoever has it may join
       */
      readonly url: string;
      /** @description For `join` of the signalling */
      readonly token: string;
      /**
       * Format: date-time
       * @description ISO 8601, UTC
       * @example 2026-01-31T19:30:00Z
       */
      readonly expiresAt: string;
    };
    /** @description An entry of RTCConfiguration.iceServers */
    readonly IceServer: {
      readonly urls: readonly string[];
      readonly username?: string;
      readonly credential?: string;
    };
    readonly NodeSeries: {
      readonly stepMs: number;
      /** @description Begin of the first step, milliseconds since the epoch */
      readonly fromMs: number;
      /** @description Worst lateness of the event loop in the step; null: nothing was heard */
      readonly lagMaxMs: readonly (number | null)[];
      /** @description Mean share of one core */
      readonly cpu: readonly (number | null)[];
      /** @description Resident memory at the end of the step */
      readonly rssBytes: readonly (number | null)[];
      /** @description Share of relay requests answered from the cache; null: nobody asked */
      readonly hitRate: readonly (number | null)[];
    };
    readonly Node: {
      /** @description Unique, and the same after a restart */
      readonly node: string;
      readonly role: string;
      readonly region: string;
      readonly pid: number;
      /**
       * Format: date-time
       * @description ISO 8601, UTC
       * @example 2026-01-31T19:30:00Z
       */
      readonly startedAt: string;
      /**
       * Format: date-time
       * @description ISO 8601, UTC
       * @example 2026-01-31T19:30:00Z
       */
      readonly heardAt: string;
      /** @description Heard within the last 6 s */
      readonly up: boolean;
      /** @description By its supervisor since that started */
      readonly restarts: number;
      readonly lastDeath: {
        readonly code: number;
        readonly signal: string | null;
        /**
         * Format: date-time
         * @description ISO 8601, UTC
         * @example 2026-01-31T19:30:00Z
         */
        readonly at: string;
        /** @description What it could still say */
        readonly error: string | null;
      } | null;
      readonly rssBytes: number;
      readonly heapBytes: number;
      /** @description Share of one core */
      readonly cpu: number;
      /** @description Lateness of the event loop, smoothed */
      readonly lagMs: number;
      /** @description Worst since the heartbeat before */
      readonly lagMaxMs: number;
      readonly disk: {
        readonly totalBytes: number;
        readonly freeBytes: number;
      } | null;
      /** @description What only this role has */
      readonly figures: {
        readonly [key: string]: number;
      };
      readonly series: components["schemas"]["NodeSeries"];
    };
    readonly LogLine: {
      /** @description Rises with each line */
      readonly seq: number;
      /**
       * Format: date-time
       * @description ISO 8601, UTC
       * @example 2026-01-31T19:30:00Z
       */
      readonly at: string;
      /** @enum {string} */
      readonly level: "debug" | "info" | "warn" | "error";
      readonly node: string;
      /** @enum {string} */
      readonly role: "edge" | "web" | "media" | "rtc" | "supervisor";
      readonly event: string;
      /** @description The event's fields, key=value */
      readonly text: string;
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
/** Every call by its name. */
export interface operations {
  readonly signUp: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["Credentials"];
      };
    };
    readonly responses: {
      /** @description Make an account and log in */
      readonly 201: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly account: components["schemas"]["Account"];
            /** @description For `Authorization: Bearer`; ends when not used for 30 days */
            readonly token: string;
          };
        };
      };
    };
  };
  readonly logIn: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["Credentials"];
      };
    };
    readonly responses: {
      /** @description Log in */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly account: components["schemas"]["Account"];
            /** @description For `Authorization: Bearer`; ends when not used for 30 days */
            readonly token: string;
          };
        };
      };
    };
  };
  readonly logOut: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description End the session of this request; done already is fine */
      readonly 204: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  readonly whoAmI: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Who asks; `account` is null for a visitor */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly account: components["schemas"]["OwnAccount"] | null;
            /** @description Id of the account's room */
            readonly room: string | null;
          };
        };
      };
    };
  };
  readonly getAccount: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description One's own account */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly account: components["schemas"]["Profile"];
            /** @description Id of the account's room */
            readonly room: string | null;
          };
        };
      };
    };
  };
  readonly changeAccount: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["AccountChange"];
      };
    };
    readonly responses: {
      /** @description Choose the name that others see */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly account: components["schemas"]["Profile"];
          };
        };
      };
    };
  };
  readonly changePassword: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["PasswordChange"];
      };
    };
    readonly responses: {
      /** @description Change the password; every other session ends */
      readonly 204: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  readonly listSessions: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Where the account is logged in */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly sessions: readonly components["schemas"]["Session"][];
          };
        };
      };
    };
  };
  readonly endSessions: {
    readonly parameters: {
      readonly query?: {
        /** @description `current`: the session of this request goes on */
        readonly keep?: "current";
      };
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Log out everywhere */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            /** @description Sessions that ended */
            readonly ended: number;
          };
        };
      };
    };
  };
  readonly endSession: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly session: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Log out somewhere else */
      readonly 204: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  readonly deleteAccount: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["AccountDeletion"];
      };
    };
    readonly responses: {
      /** @description Remove the account with its room, follows and pictures */
      readonly 204: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  readonly listRooms: {
    readonly parameters: {
      readonly query?: {
        /** @description `true`: live rooms alone; `false`: the others */
        readonly live?: boolean;
        /** @description At most so many */
        readonly limit?: number;
        /** @description Part of the title, the broadcaster's name or the number */
        readonly q?: string;
        /** @description Key of a category */
        readonly category?: string;
      };
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Live rooms by viewers, then the newest */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly rooms: readonly components["schemas"]["Room"][];
          };
        };
      };
    };
  };
  readonly createRoom: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["RoomInput"];
      };
    };
    readonly responses: {
      /** @description Make the account's room */
      readonly 201: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly room: components["schemas"]["Room"];
            readonly publish: components["schemas"]["Publish"];
          };
        };
      };
    };
  };
  readonly listCategories: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description The categories that rooms may be of */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly categories: readonly components["schemas"]["Category"][];
          };
        };
      };
    };
  };
  readonly getRoom: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description One room with its live state and addresses */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly room: components["schemas"]["Room"];
            /** @description Null: nobody is logged in */
            readonly following: boolean | null;
          };
        };
      };
    };
  };
  readonly updateRoom: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["RoomChange"];
      };
    };
    readonly responses: {
      /** @description Change title, description, category or the next broadcast */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly room: components["schemas"]["Room"];
          };
        };
      };
    };
  };
  readonly getPublishKey: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Where and with what to publish */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly publish: components["schemas"]["Publish"];
          };
        };
      };
    };
  };
  readonly rotatePublishKey: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Make a new publish key; what runs with the old one is cut off */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly publish: components["schemas"]["Publish"];
          };
        };
      };
    };
  };
  readonly getStream: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Health of the running stream, null when there is none, and who watches it */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly stream: components["schemas"]["Stream"] | null;
            /** @description All of them */
            readonly viewers: number;
            readonly viewersByProtocol: components["schemas"]["ViewersByProtocol"];
            /** @description Encoders are refused until then, because somebody ended the stream; null: they are welcome */
            readonly heldUntil: string | null;
          };
        };
      };
    };
  };
  readonly cutOffStream: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description End the running stream; its encoder is refused while it tries to come back by itself */
      readonly 204: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  readonly letEncoderIn: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Let the encoder in again at once after the stream was ended */
      readonly 204: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  readonly listBroadcasts: {
    readonly parameters: {
      readonly query?: {
        /** @description At most so many */
        readonly limit?: number;
      };
      readonly header?: never;
      readonly path: {
        readonly room: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description The room's last broadcasts, a running one first */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            /** @description The newest first */
            readonly broadcasts: readonly components["schemas"]["Broadcast"][];
          };
        };
      };
    };
  };
  readonly listFollows: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Rooms that the account follows, live ones first */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly rooms: readonly components["schemas"]["Room"][];
          };
        };
      };
    };
  };
  readonly followRoom: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Follow a room; done already is fine */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly room: components["schemas"]["Room"];
            readonly following: boolean;
          };
        };
      };
    };
  };
  readonly unfollowRoom: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Follow a room no more; done already is fine */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly room: components["schemas"]["Room"];
            readonly following: boolean;
          };
        };
      };
    };
  };
  readonly setAvatar: {
    readonly parameters: {
      readonly query?: {
        /** @description Left edge of the square as a fraction of the upright picture's width */
        readonly x?: number;
        /** @description Upper edge of the square as a fraction of the upright picture's height */
        readonly y?: number;
        /** @description Side of the square as a fraction of the shorter side; with x and y, or all three are left out for the largest square in the middle */
        readonly size?: number;
      };
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** @description The file itself: 16 to 8192 pixels a side, at most 24 million altogether. Its bytes say what it is, not its content type. It is made anew as a JPEG without metadata. */
    readonly requestBody: {
      readonly content: {
        readonly "image/png": Blob;
        readonly "image/jpeg": Blob;
        readonly "image/webp": Blob;
        readonly "image/gif": Blob;
      };
    };
    readonly responses: {
      /** @description Show a picture beside the name: a square of it, 256 pixels a side */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly account: components["schemas"]["Profile"];
          };
        };
      };
    };
  };
  readonly removeAvatar: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Show no picture beside the name; done already is fine */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly account: components["schemas"]["Profile"];
          };
        };
      };
    };
  };
  readonly setCover: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
      };
      readonly cookie?: never;
    };
    /** @description The file itself: 16 to 8192 pixels a side, at most 24 million altogether. Its bytes say what it is, not its content type. It is made anew as a JPEG without metadata. */
    readonly requestBody: {
      readonly content: {
        readonly "image/png": Blob;
        readonly "image/jpeg": Blob;
        readonly "image/webp": Blob;
        readonly "image/gif": Blob;
      };
    };
    readonly responses: {
      /** @description Show a cover while the room is not live: 16:9, at most 1280 × 720 pixels */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly room: components["schemas"]["Room"];
          };
        };
      };
    };
  };
  readonly removeCover: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Show no cover; done already is fine */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly room: components["schemas"]["Room"];
          };
        };
      };
    };
  };
  readonly adminListAccounts: {
    readonly parameters: {
      readonly query?: {
        /** @description Part of the name or the display name */
        readonly q?: string;
        /** @description At most so many */
        readonly limit?: number;
        /** @description Leave out so many */
        readonly offset?: number;
      };
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Accounts, the newest first */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            /** @description The newest first */
            readonly accounts: readonly components["schemas"]["ListedAccount"][];
            /** @description How many match in all */
            readonly total: number;
          };
        };
      };
    };
  };
  readonly adminDeleteAccount: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly account: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Remove an account with its room, follows and pictures */
      readonly 204: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  readonly adminChangeAccount: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly account: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["AdminAccountChange"];
      };
    };
    readonly responses: {
      /** @description Suspend an account or take it back; make it an administrator or a member */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly account: components["schemas"]["AdminAccount"];
          };
        };
      };
    };
  };
  readonly adminResetPassword: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly account: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description A random password in the place of a forgotten one; the account's sessions end */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            /** @description Shown this once; the account's sessions ended */
            readonly password: string;
          };
        };
      };
    };
  };
  readonly adminEndSessions: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly account: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Log an account out everywhere */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            /** @description Sessions that ended */
            readonly ended: number;
          };
        };
      };
    };
  };
  readonly adminListStreams: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Running streams, the most watched first */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            /** @description The most watched first; at most 1000 */
            readonly streams: readonly components["schemas"]["RunningStream"][];
          };
        };
      };
    };
  };
  readonly adminListRooms: {
    readonly parameters: {
      readonly query?: {
        /** @description Part of the title, the owner's name or the number */
        readonly q?: string;
        /** @description At most so many */
        readonly limit?: number;
        /** @description Leave out so many */
        readonly offset?: number;
      };
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Rooms, suspended ones too, the newest first */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            /** @description The newest first */
            readonly rooms: readonly components["schemas"]["AdminRoom"][];
            /** @description How many match in all */
            readonly total: number;
          };
        };
      };
    };
  };
  readonly adminChangeRoom: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["AdminRoomChange"];
      };
    };
    readonly responses: {
      /** @description Close a room, which ends its stream, or open it again */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly room: components["schemas"]["AdminRoom"];
          };
        };
      };
    };
  };
  readonly adminResetPublishKey: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Make the publish key of a room anew; what runs with the old one is cut off */
      readonly 204: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  readonly adminListHotRooms: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Rooms whose messages have a Redis of their own */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            /** @description Names; `main` is where all rooms begin */
            readonly places: readonly string[];
            readonly rooms: readonly {
              /** @description Number of the room */
              readonly room: string;
              readonly place: string;
              /** @description An administrator put it there */
              readonly pinned: boolean;
            }[];
          };
        };
      };
    };
  };
  readonly adminPlaceRoom: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["RoomPlace"];
      };
    };
    readonly responses: {
      /** @description Move a room's messages to another Redis while everybody goes on, and keep them there */
      readonly 204: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  readonly getSettings: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description The settings in force */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly settings: components["schemas"]["Settings"];
          };
        };
      };
    };
  };
  readonly changeSettings: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["SettingsChange"];
      };
    };
    readonly responses: {
      /** @description Change settings, all of them or none; in force at once */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly settings: components["schemas"]["Settings"];
          };
        };
      };
    };
  };
  readonly listSettingChanges: {
    readonly parameters: {
      readonly query?: {
        /** @description `next` of the call before; without it the newest */
        readonly before?: number;
        /** @description At most so many */
        readonly limit?: number;
      };
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Who changed which setting to what */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            /** @description The newest first */
            readonly changes: readonly components["schemas"]["SettingChange"][];
            /** @description `before` of the call for the page behind this one; null: there is none */
            readonly next: number | null;
          };
        };
      };
    };
  };
  readonly listAuditEntries: {
    readonly parameters: {
      readonly query?: {
        /** @description `next` of the call before; without it the newest */
        readonly before?: number;
        /** @description At most so many */
        readonly limit?: number;
        /** @description What was done */
        readonly action?:
          | "account_suspended"
          | "account_restored"
          | "account_password_reset"
          | "account_sessions_ended"
          | "account_made_admin"
          | "account_made_member"
          | "account_deleted"
          | "room_suspended"
          | "room_restored"
          | "room_key_reset"
          | "room_placed"
          | "stream_cut_off"
          | "setting_changed"
          | "broadcast_sent"
          | "coins_granted"
          | "room_moderated";
      };
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description What administrators did */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            /** @description The newest first */
            readonly entries: readonly components["schemas"]["AuditEntry"][];
            /** @description `before` of the call for the page behind this one; null: there is none */
            readonly next: number | null;
          };
        };
      };
    };
  };
  readonly pollMessages: {
    readonly parameters: {
      readonly query?: {
        /** @description `cursor` of the answer before; without it the newest */
        readonly cursor?: string;
        /** @description At most so many */
        readonly limit?: string;
      };
      readonly header?: never;
      readonly path: {
        readonly room: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description New messages, chosen and at most 15; the answer says when to ask again */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": unknown;
        };
      };
    };
  };
  readonly say: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["ChatInput"];
      };
    };
    readonly responses: {
      /** @description It was said before */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            /** @description null: it is held for a review */
            readonly message: components["schemas"]["Message"] | null;
          };
        };
      };
      /** @description Say something in a room */
      readonly 201: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            /** @description null: it is held for a review */
            readonly message: components["schemas"]["Message"] | null;
          };
        };
      };
      /** @description It is held for a review */
      readonly 202: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            /** @description null: it is held for a review */
            readonly message: components["schemas"]["Message"] | null;
          };
        };
      };
    };
  };
  readonly sayPrivately: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly account: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["PrivateInput"];
      };
    };
    readonly responses: {
      /** @description It was said before */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            /** @description null: it is held for a review */
            readonly message: components["schemas"]["Message"] | null;
          };
        };
      };
      /** @description Say something to one account */
      readonly 201: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            /** @description null: it is held for a review */
            readonly message: components["schemas"]["Message"] | null;
          };
        };
      };
      /** @description It is held for a review */
      readonly 202: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            /** @description null: it is held for a review */
            readonly message: components["schemas"]["Message"] | null;
          };
        };
      };
    };
  };
  readonly listPrivateMessages: {
    readonly parameters: {
      readonly query?: {
        /** @description From this time on (inclusive), milliseconds since the epoch */
        readonly fromMs?: number;
        /** @description Before this time (exclusive), milliseconds since the epoch */
        readonly toMs?: number;
        /** @description `cursor` of the page before; without it the first */
        readonly cursor?: string;
        /** @description At most so many */
        readonly limit?: number;
      };
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description What one said to others and others to one, in order; kept for 30 days */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            /** @description In order; may be fewer than the limit */
            readonly messages: readonly components["schemas"]["Message"][];
            /** @description For the page behind this one; null: there is none */
            readonly cursor: string | null;
          };
        };
      };
    };
  };
  readonly broadcast: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["BroadcastInput"];
      };
    };
    readonly responses: {
      /** @description Say something in every room */
      readonly 201: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly message: components["schemas"]["Message"];
          };
        };
      };
    };
  };
  readonly listHistory: {
    readonly parameters: {
      readonly query?: {
        /** @description From this time on (inclusive), milliseconds since the epoch */
        readonly fromMs?: number;
        /** @description Before this time (exclusive), milliseconds since the epoch */
        readonly toMs?: number;
        /** @description `cursor` of the page before; without it the first */
        readonly cursor?: string;
        /** @description At most so many */
        readonly limit?: number;
      };
      readonly header?: never;
      readonly path: {
        readonly room: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Every kept message of a range of time, in order */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            /** @description In order, nothing left out */
            readonly messages: readonly components["schemas"]["Message"][];
            /** @description For the page behind this one; null: there is none */
            readonly cursor: string | null;
          };
        };
      };
    };
  };
  readonly like: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["LikesInput"];
      };
    };
    readonly responses: {
      /** @description Like a room, some times at once */
      readonly 202: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly taken: boolean;
          };
        };
      };
    };
  };
  readonly getGateways: {
    readonly parameters: {
      readonly query?: {
        /** @description Id of the room */
        readonly room?: string;
      };
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Which messages come by which way, gateways and a ticket for them */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            /** @description Kinds that come by the long connection */
            readonly push: readonly ("chat" | "gift" | "pk" | "notice")[];
            /** @description Kinds that are polled */
            readonly poll: readonly ("chat" | "gift" | "pk" | "notice")[];
            /** @description The best one first; with `?ticket=` */
            readonly gateways: readonly string[];
            /** @description Good for a minute, to open connections with */
            readonly ticket: string;
            /** @description Ping so often */
            readonly heartbeatMs: number;
            /** @description Poll after so long */
            readonly pollAfterMs: number;
          };
        };
      };
    };
  };
  readonly getRules: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description The rules of talking in a room */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly rules: components["schemas"]["RoomRules"];
            /** @description Whether you look after the room */
            readonly moderates: boolean;
            /** @description Whether you are muted here */
            readonly muted: boolean;
            /** @description null: not muted, or for ever */
            readonly mutedUntil: string | null;
            /** @description Whether you were shown out of the room */
            readonly banned: boolean;
            /** @description null: not shown out, or for ever */
            readonly bannedUntil: string | null;
            /** @description Why, when somebody said; for your eyes alone */
            readonly reason: string;
          };
        };
      };
    };
  };
  readonly changeRules: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["RoomRulesChange"];
      };
    };
    readonly responses: {
      /** @description Change the rules of talking in a room; in force at once */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly rules: components["schemas"]["RoomRules"];
            /** @description Whether you look after the room */
            readonly moderates: boolean;
            /** @description Whether you are muted here */
            readonly muted: boolean;
            /** @description null: not muted, or for ever */
            readonly mutedUntil: string | null;
            /** @description Whether you were shown out of the room */
            readonly banned: boolean;
            /** @description null: not shown out, or for ever */
            readonly bannedUntil: string | null;
            /** @description Why, when somebody said; for your eyes alone */
            readonly reason: string;
          };
        };
      };
    };
  };
  readonly listModerators: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Who looks after the room for its owner */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly moderators: readonly components["schemas"]["Moderator"][];
          };
        };
      };
    };
  };
  readonly addModerator: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
        readonly account: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Make somebody a moderator; at most 50 */
      readonly 204: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  readonly removeModerator: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
        readonly account: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Make somebody a moderator no more; moderators may do it themselves */
      readonly 204: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  readonly listMutes: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Who is muted in the room */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly mutes: readonly components["schemas"]["Restriction"][];
          };
        };
      };
    };
  };
  readonly mute: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
        readonly account: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["MuteInput"];
      };
    };
    readonly responses: {
      /** @description Mute somebody for a while */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly mute: components["schemas"]["Restriction"];
          };
        };
      };
    };
  };
  readonly unmute: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
        readonly account: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description End a mute */
      readonly 204: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  readonly listBans: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Who was shown out of the room */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly bans: readonly components["schemas"]["Restriction"][];
          };
        };
      };
    };
  };
  readonly ban: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
        readonly account: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["BanInput"];
      };
    };
    readonly responses: {
      /** @description Show somebody out, for a while or for ever; their connections end */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly ban: components["schemas"]["Restriction"];
          };
        };
      };
    };
  };
  readonly unban: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
        readonly account: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description End a ban */
      readonly 204: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  readonly listBlocks: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Accounts that the account does not want to hear from */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly blocks: readonly components["schemas"]["Block"][];
          };
        };
      };
    };
  };
  readonly block: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly account: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Block an account: its private messages are refused; at most 500 */
      readonly 204: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  readonly unblock: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly account: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description End a block; done already is fine */
      readonly 204: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  readonly removeMessage: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
        readonly message: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Take a text back for everybody; one's own within two minutes */
      readonly 204: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  readonly reportMessage: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
        readonly message: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["ReportInput"];
      };
    };
    readonly responses: {
      /** @description Report a text to those who look after the room */
      readonly 202: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly taken: boolean;
          };
        };
      };
    };
  };
  readonly listReview: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Texts that wait for a review */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            /** @description The oldest first */
            readonly held: readonly components["schemas"]["HeldText"][];
          };
        };
      };
    };
  };
  readonly decideReview: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
        readonly text: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["Decision"];
      };
    };
    readonly responses: {
      /** @description Let a text be said now, or not at all */
      readonly 204: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  readonly listActs: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Who did what to whom in the room */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            /** @description The newest first */
            readonly acts: readonly components["schemas"]["Act"][];
          };
        };
      };
    };
  };
  readonly listReports: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Open reports of a room, the newest first */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly reports: readonly components["schemas"]["Report"][];
          };
        };
      };
    };
  };
  readonly closeReport: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
        readonly report: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Close a report */
      readonly 204: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  readonly listAllReports: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description The newest open reports of all rooms */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly reports: readonly components["schemas"]["Report"][];
          };
        };
      };
    };
  };
  readonly listGifts: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description The catalogue of gifts */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            /** @description The cheapest first */
            readonly gifts: readonly components["schemas"]["Gift"][];
          };
        };
      };
    };
  };
  readonly giveGift: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["GiftInput"];
      };
    };
    readonly responses: {
      /** @description It was given before */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly message: components["schemas"]["Message"];
            /** @description Coins left behind it */
            readonly balance: number;
          };
        };
      };
      /** @description Give gifts into a room */
      readonly 201: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly message: components["schemas"]["Message"];
            /** @description Coins left behind it */
            readonly balance: number;
          };
        };
      };
    };
  };
  readonly getLeaderboard: {
    readonly parameters: {
      readonly query?: {
        /** @description Today (UTC), or ever */
        readonly period?: "day" | "all";
        /** @description At most so many */
        readonly limit?: number;
      };
      readonly header?: never;
      readonly path: {
        readonly room: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Who gave most in the room */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            /** @enum {string} */
            readonly period: "day" | "all";
            /** @description At most 50; the day is that of UTC */
            readonly places: readonly components["schemas"]["Place"][];
          };
        };
      };
    };
  };
  readonly getWallet: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description The account's coins and level */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["Wallet"];
        };
      };
    };
  };
  readonly listWalletEntries: {
    readonly parameters: {
      readonly query?: {
        /** @description `next` of the call before; without it the newest */
        readonly before?: number;
        /** @description At most so many */
        readonly limit?: number;
      };
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description What came into the account's wallet and what went */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            /** @description The newest first */
            readonly entries: readonly components["schemas"]["WalletEntry"][];
            /** @description `before` of the next page; null: there is none */
            readonly next: number | null;
          };
        };
      };
    };
  };
  readonly topUp: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["TopUpInput"];
      };
    };
    readonly responses: {
      /** @description Coins for the asking, where the setting `topUp` is `development` */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["Wallet"];
        };
      };
    };
  };
  readonly adminGrantCoins: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly account: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["GrantInput"];
      };
    };
    readonly responses: {
      /** @description Give coins to an account */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            /** @description Coins */
            readonly balance: number;
          };
        };
      };
    };
  };
  readonly getPk: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description The battle that the room is in, or its last one */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            /** @description The running one, or the last of a day; null: none */
            readonly pk: components["schemas"]["Pk"] | null;
          };
        };
      };
    };
  };
  readonly invitePk: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["PkInput"];
      };
    };
    readonly responses: {
      /** @description Ask another live room for a battle */
      readonly 201: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly pk: components["schemas"]["Pk"];
          };
        };
      };
    };
  };
  readonly changePk: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["PkAction"];
      };
    };
    readonly responses: {
      /** @description Accept, decline, cancel or end the room's battle */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly pk: components["schemas"]["Pk"];
          };
        };
      };
    };
  };
  readonly getStage: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description The room's stage: guests on it, and for who leads it those who wait */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly stage: components["schemas"]["Stage"];
          };
        };
      };
    };
  };
  readonly arrangeStage: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["StageChange"];
      };
    };
    readonly responses: {
      /** @description Whether viewers may ask, how pictures stand, and who mixes; for who leads the stage */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly stage: components["schemas"]["Stage"];
          };
        };
      };
    };
  };
  readonly askForStage: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Ask to come on stage */
      readonly 201: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly stage: components["schemas"]["Stage"];
          };
        };
      };
    };
  };
  readonly inviteToStage: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["StageInvitation"];
      };
    };
    readonly responses: {
      /** @description Ask somebody to come on stage, by the name they log in with; who asks is let in */
      readonly 201: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly stage: components["schemas"]["Stage"];
          };
        };
      };
    };
  };
  readonly changeStageGuest: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
        readonly account: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["StageGuestAction"];
      };
    };
    readonly responses: {
      /** @description Accept, decline or leave as the guest; accept, decline, mute or remove as who leads */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly stage: components["schemas"]["Stage"];
          };
        };
      };
    };
  };
  readonly takeSeatKey: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly room: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description What a guest on stage publishes with, by WHIP; the key before is worth nothing */
      readonly 201: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly seat: components["schemas"]["SeatKey"];
          };
        };
      };
    };
  };
  readonly listCalls: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description The account's own calls */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly calls: readonly components["schemas"]["Call"][];
          };
        };
      };
    };
  };
  readonly makeCall: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["NewCall"];
      };
    };
    readonly responses: {
      /** @description Make a call of one's own, for up to 16 people with WebRTC, else 4 */
      readonly 201: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly call: components["schemas"]["Call"];
          };
        };
      };
    };
  };
  readonly getCall: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly name: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description A call; a name that nobody has is open to whoever joins first */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly call: components["schemas"]["Call"];
          };
        };
      };
    };
  };
  readonly endCall: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly name: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description End a call of one's own for everybody; its name is free again */
      readonly 204: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  readonly inviteToCall: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly name: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description A link that lets whoever has it into a call of one's own, for seven days */
      readonly 201: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly invitation: components["schemas"]["CallInvitation"];
          };
        };
      };
    };
  };
  readonly getIceServers: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description STUN and TURN servers for a peer connection, with credentials for six hours */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly iceServers: readonly components["schemas"]["IceServer"][];
          };
        };
      };
    };
  };
  readonly getHealth: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Every process with its restarts, load and last half hour */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            readonly nodes: readonly components["schemas"]["Node"][];
            /**
             * Format: date-time
             * @description ISO 8601, UTC
             * @example 2026-01-31T19:30:00Z
             */
            readonly now: string;
          };
        };
      };
    };
  };
  readonly readLog: {
    readonly parameters: {
      readonly query?: {
        /** @description `next` of the call before; without it the newest lines */
        readonly after?: number;
        /** @description This severity or a higher one */
        readonly level?: "debug" | "info" | "warn" | "error";
        /** @description Lines of this role alone */
        readonly role?: "edge" | "web" | "media" | "rtc" | "supervisor";
        /** @description Part of the process's name, the event or the text */
        readonly q?: string;
        /** @description At most so many */
        readonly limit?: number;
      };
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description The newest log lines of all processes, or those after one */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": {
            /** @description The oldest first */
            readonly lines: readonly components["schemas"]["LogLine"][];
            /** @description `after` of the next call */
            readonly next: number;
            /** @description Lines behind `after` that are no longer kept */
            readonly dropped: number;
          };
        };
      };
    };
  };
}
