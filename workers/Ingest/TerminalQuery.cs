using Realtime.Log;
using Realtime.Protocol;
using Realtime.Workers.Queries;

namespace Realtime.Workers.Ingest;

/// <summary>
/// Where terminal bytes are to be appended, and by whom: <c>offset</c>, <c>stream</c>, <c>after_loss</c>,
/// <c>producer</c>, <c>producer_epoch</c>.
/// </summary>
internal static class TerminalQuery
{
    /// <summary>Reads them; the bytes themselves are still to come.</summary>
    public static TerminalAppend Read(QueryReader query)
    {
        bool hasOffset = query.Has("offset");
        var append = new TerminalAppend
        {
            Data = default,
            Offset = query.ReadNumber("offset", 0, LogLimits.TerminalOffsetMax),
            Source = ReadSource(query),
            AfterLoss = ReadEpoch(query),
            Claim = ClaimQuery.Read(query),
        };

        if (append.AfterLoss is not null && !hasOffset)
        {
            query.Refuse("after_loss", "needs offset: where the new life of the terminal begins");
        }

        return append;
    }

    private static TerminalSource ReadSource(QueryReader query)
    {
        string source = query.ReadText("stream") ?? "stdout";
        if (source is not ("stdout" or "stderr"))
        {
            query.Refuse("stream", "must be stdout or stderr");
        }

        return source == "stderr" ? TerminalSource.Stderr : TerminalSource.Stdout;
    }

    private static Epoch? ReadEpoch(QueryReader query)
    {
        if (query.ReadText("after_loss") is not { } text)
        {
            return null;
        }

        if (!Epoch.TryParse(text, out Epoch epoch))
        {
            query.Refuse("after_loss", "must be an epoch: six characters of a-z 0-9, as the last answer told");
        }

        return epoch;
    }
}
