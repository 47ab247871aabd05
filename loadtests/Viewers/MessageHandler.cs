namespace Realtime.Loadtests.Viewers;

/// <summary>Takes one message of a viewer, on its read loop; the bytes are valid during the call.</summary>
internal delegate void MessageHandler(ReadOnlySpan<byte> message);
