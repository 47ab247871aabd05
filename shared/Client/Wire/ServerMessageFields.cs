namespace Realtime.Client.Wire;

/// <summary>Which field of a message a value belongs to, whatever form it came in.</summary>
internal static class ServerMessageFields
{
    /// <summary>A text.</summary>
    public static void SetText(ServerMessage message, ServerField field, string text)
    {
        switch (field)
        {
            case ServerField.Op: message.Op = text; break;
            case ServerField.Id: message.Id = text; break;
            case ServerField.Channel: message.Channel = text; break;
            case ServerField.Type: message.Type = text; break;
            case ServerField.Agent: message.Agent = text; break;
            case ServerField.Task: message.Task = text; break;
            case ServerField.Project: message.Project = text; break;
            case ServerField.StateKey: message.StateKey = text; break;
            case ServerField.After: message.After = text; break;
            case ServerField.ResumesAt: message.ResumesAt = text; break;
            case ServerField.Reason: message.Reason = text; break;
            case ServerField.Epoch: message.Epoch = text; break;
            case ServerField.Encoding: message.Encoding = text; break;
            case ServerField.Stream: message.Stream = text; break;
            case ServerField.Nonce: message.Nonce = text; break;
            case ServerField.Code: message.Code = text; break;
            case ServerField.Detail: message.Detail = text; break;
            case ServerField.Request: message.Request = text; break;
        }
    }

    /// <summary>A whole number; left out where a smaller one is expected.</summary>
    public static void SetNumber(ServerMessage message, ServerField field, long number)
    {
        switch (field)
        {
            case ServerField.Ts: message.Ts = number; break;
            case ServerField.Sent: message.Sent = number; break;
            case ServerField.Missing: message.Missing = number; break;
            case ServerField.Offset: message.Offset = number; break;
            case ServerField.Length: message.Length = number; break;
            case ServerField.Count: message.Count = number; break;
            case ServerField.Delay: message.Delay = number; break;
            case ServerField.Deadline: message.Deadline = number; break;
            case ServerField.ExpiresAt: message.ExpiresAt = number; break;
            case ServerField.HeartbeatMs: message.HeartbeatMs = number; break;
            case ServerField.Time: message.Time = number; break;
            case ServerField.Partition: message.Partition = ToInt(number); break;
            case ServerField.Cols: message.Columns = ToInt(number); break;
            case ServerField.Rows: message.Rows = ToInt(number); break;
            case ServerField.ExitCode: message.ExitCode = ToInt(number); break;
            case ServerField.MessageBytes: message.MessageBytes = ToInt(number); break;
            case ServerField.Subscriptions: message.Subscriptions = ToInt(number); break;
            case ServerField.TerminalWindowBytes: message.TerminalWindowBytes = ToInt(number); break;
        }
    }

    /// <summary>That a field is there, whatever it holds.</summary>
    public static void SetGiven(ServerMessage message, ServerField field)
    {
        switch (field)
        {
            case ServerField.End: message.HasEnd = true; break;
            case ServerField.Size or ServerField.Resize: message.HasSize = true; break;
        }
    }

    /// <summary>True or false.</summary>
    public static void SetFlag(ServerMessage message, ServerField field, bool flag)
    {
        switch (field)
        {
            case ServerField.Snapshot: message.Snapshot = flag; break;
            case ServerField.Recovered: message.Recovered = flag; break;
            case ServerField.Retry: message.Retry = flag; break;
        }
    }

    private static int? ToInt(long number) => number is >= int.MinValue and <= int.MaxValue ? (int)number : null;
}
