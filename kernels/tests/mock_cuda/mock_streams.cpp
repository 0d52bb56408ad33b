// The fake driver's streams and events.
#include "mock_state.h"

using namespace mock_cuda;

MOCK_API int cuStreamCreateWithPriority(void** stream, unsigned flags, int priority) {
  LOCK;
  int code = enterContext("cuStreamCreateWithPriority");
  if (code != kSuccess) return code;
  if (flags != 1) return violate(kInvalidValue, "cuStreamCreateWithPriority of a stream that waits for the default stream");
  if (priority > kLeastPriority || priority < kGreatestPriority)
    return violate(kInvalidValue, "cuStreamCreateWithPriority with a priority that there is not");
  auto* created = new Stream;
  created->priority = priority;
  state.streams.insert(created);
  *stream = created;
  return kSuccess;
}

MOCK_API int cuStreamDestroy_v2(void* stream) {
  LOCK;
  return destroy("cuStreamDestroy_v2", state.streams, stream);
}

MOCK_API int cuStreamSynchronize(void* stream) {
  LOCK;
  int code = enterContext("cuStreamSynchronize");
  if (code == kSuccess) code = checkStream("cuStreamSynchronize", stream);
  if (code != kSuccess) return code;
  drain(static_cast<Stream*>(stream), static_cast<Stream*>(stream)->queued);
  join(state.host, static_cast<Stream*>(stream)->clock);
  return kSuccess;
}

MOCK_API int cuStreamWaitEvent(void* stream, void* event, unsigned) {
  LOCK;
  int code = enterContext("cuStreamWaitEvent");
  if (code == kSuccess) code = checkStream("cuStreamWaitEvent", stream);
  if (code != kSuccess) return code;
  if (!state.events.count(static_cast<Event*>(event))) return violate(kInvalidHandle, "cuStreamWaitEvent for an event that does not live");
  // The record that counts is the latest before this call.
  Event recorded = *static_cast<Event*>(event);
  if (recorded.stream == nullptr) return kSuccess;
  join(static_cast<Stream*>(stream)->clock, recorded.clock);
  enqueue(stream, [recorded] {
    if (state.streams.count(recorded.stream)) drain(recorded.stream, recorded.mark);
  });
  return kSuccess;
}

MOCK_API int cuEventCreate(void** event, unsigned flags) {
  LOCK;
  int code = enterContext("cuEventCreate");
  if (code != kSuccess) return code;
  auto* created = new Event;
  created->timing = (flags & 2) == 0;
  state.events.insert(created);
  *event = created;
  return kSuccess;
}

MOCK_API int cuEventDestroy_v2(void* event) {
  LOCK;
  return destroy("cuEventDestroy_v2", state.events, event);
}

MOCK_API int cuEventRecord(void* event, void* stream) {
  LOCK;
  int code = enterContext("cuEventRecord");
  if (code == kSuccess) code = checkStream("cuEventRecord", stream);
  if (code != kSuccess) return code;
  if (!state.events.count(static_cast<Event*>(event))) return violate(kInvalidHandle, "cuEventRecord of an event that does not live");
  auto* recorded = static_cast<Event*>(event);
  enqueue(stream, [recorded] {
    if (state.events.count(recorded)) recorded->milliseconds = now();
  });
  recorded->stream = static_cast<Stream*>(stream);
  recorded->mark = recorded->stream->queued;
  recorded->clock = recorded->stream->clock;
  return kSuccess;
}

MOCK_API int cuEventSynchronize(void* event) {
  LOCK;
  int code = enterContext("cuEventSynchronize");
  if (code != kSuccess) return code;
  auto* recorded = static_cast<Event*>(event);
  if (!state.events.count(recorded)) return violate(kInvalidHandle, "cuEventSynchronize of an event that does not live");
  if (recorded->stream == nullptr) return violate(kInvalidHandle, "cuEventSynchronize of an event that was never recorded");
  if (state.streams.count(recorded->stream)) drain(recorded->stream, recorded->mark);
  join(state.host, recorded->clock);
  return kSuccess;
}

MOCK_API int cuEventElapsedTime(float* milliseconds, void* start, void* end) {
  LOCK;
  int code = enterContext("cuEventElapsedTime");
  if (code != kSuccess) return code;
  for (void* handle : {start, end}) {
    auto* event = static_cast<Event*>(handle);
    if (!state.events.count(event) || !event->timing || event->stream == nullptr)
      return violate(kInvalidHandle, "cuEventElapsedTime of an event without a time");
    if (state.streams.count(event->stream) && event->stream->done < event->mark) return kNotReady;
  }
  *milliseconds = static_cast<float>(static_cast<Event*>(end)->milliseconds - static_cast<Event*>(start)->milliseconds);
  return kSuccess;
}
