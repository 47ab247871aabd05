using System.Text.Encodings.Web;
using System.Text.Json;

namespace Realtime.Protocol.Messages;

/// <summary>Keys and fixed values of server messages, encoded once.</summary>
internal static class ServerMessageKeys
{
    public static readonly JsonEncodedText Op = Encode("op");
    public static readonly JsonEncodedText Id = Encode("id");
    public static readonly JsonEncodedText Session = Encode("session");
    public static readonly JsonEncodedText Features = Encode("features");
    public static readonly JsonEncodedText HeartbeatMs = Encode("heartbeat_ms");
    public static readonly JsonEncodedText Limits = Encode("limits");
    public static readonly JsonEncodedText MessageBytes = Encode("message_bytes");
    public static readonly JsonEncodedText Subscriptions = Encode("subscriptions");
    public static readonly JsonEncodedText TerminalWindowBytes = Encode("terminal_window_bytes");
    public static readonly JsonEncodedText Time = Encode("time");
    public static readonly JsonEncodedText Recovered = Encode("recovered");
    public static readonly JsonEncodedText Reason = Encode("reason");
    public static readonly JsonEncodedText Cursor = Encode("cursor");
    public static readonly JsonEncodedText Task = Encode("task");
    public static readonly JsonEncodedText Epoch = Encode("epoch");
    public static readonly JsonEncodedText Offset = Encode("offset");
    public static readonly JsonEncodedText End = Encode("end");
    public static readonly JsonEncodedText Count = Encode("count");
    public static readonly JsonEncodedText Partition = Encode("partition");
    public static readonly JsonEncodedText After = Encode("after");
    public static readonly JsonEncodedText ResumesAt = Encode("resumes_at");
    public static readonly JsonEncodedText Missing = Encode("missing");
    public static readonly JsonEncodedText Length = Encode("length");
    public static readonly JsonEncodedText Data = Encode("data");
    public static readonly JsonEncodedText Encoding = Encode("encoding");
    public static readonly JsonEncodedText Base64 = Encode("base64");
    public static readonly JsonEncodedText Lz4Base64 = Encode("lz4+base64");
    public static readonly JsonEncodedText Lz4 = Encode("lz4");
    public static readonly JsonEncodedText Raw = Encode("raw");
    public static readonly JsonEncodedText Stream = Encode("stream");
    public static readonly JsonEncodedText ExitCode = Encode("exit_code");
    public static readonly JsonEncodedText Resize = Encode("resize");
    public static readonly JsonEncodedText Size = Encode("size");
    public static readonly JsonEncodedText Columns = Encode("cols");
    public static readonly JsonEncodedText Rows = Encode("rows");
    public static readonly JsonEncodedText Nonce = Encode("nonce");
    public static readonly JsonEncodedText Deadline = Encode("deadline");
    public static readonly JsonEncodedText Delay = Encode("delay");
    public static readonly JsonEncodedText ExpiresAt = Encode("expires_at");
    public static readonly JsonEncodedText Code = Encode("code");
    public static readonly JsonEncodedText Detail = Encode("detail");
    public static readonly JsonEncodedText Request = Encode("request");
    public static readonly JsonEncodedText Retry = Encode("retry");

    private static JsonEncodedText Encode(string text) =>
        JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
}
