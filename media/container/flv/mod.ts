/**
 * FLV, classic and enhanced (enhanced RTMP v2).
 *
 * @module
 */
export { FlvDemuxer } from "./demuxer.ts";
export { type MetadataValues, parseMetadata } from "./metadata.ts";
export {
  audioTag,
  flvFileHeader,
  FlvMuxer,
  flvTimestamp,
  metadataTag,
  sequenceHeaderTags,
  videoTag,
} from "./muxer.ts";
export {
  FILE_HEADER_BYTES,
  FLV_TAG,
  type FlvMessage,
  type FlvTag,
  type FlvTagType,
  isMetadata,
  isSequenceHeader,
  isVideoKeyFrame,
  PREVIOUS_TAG_SIZE_BYTES,
  TAG_HEADER_BYTES,
  tagOfBytes,
  withTimestamp,
  writeTagTimestamp,
} from "./tag.ts";
export { type FlvFileHeader, FlvTagParser, type FlvTagParserOptions } from "./tag_parser.ts";
export { TimestampUnwrapper } from "./timestamps.ts";
