using System.Text.Json;
using Realtime.Log;

namespace Realtime.Workers.Ingest;

/// <summary>Writes what a producer gets for what was stored.</summary>
internal static class PublishAnswer
{
    /// <summary>
    /// <c>"results":[{"id":"3:…","duplicate":false},{"error":{…}}],"pressure":{…}</c>.
    /// </summary>
    public static void WriteMembers(Utf8JsonWriter json, IngestResult result)
    {
        json.WriteStartArray("results"u8);
        foreach (IngestOutcome outcome in result.Outcomes)
        {
            WriteOutcome(json, outcome);
        }

        json.WriteEndArray();
        if (result.Pressure is { } pressure)
        {
            WritePressure(json, pressure);
        }
    }

    /// <summary><c>"pressure":{"state":"ok","depth":0,"limit":5000}</c>.</summary>
    public static void WritePressure(Utf8JsonWriter json, Pressure pressure)
    {
        json.WriteStartObject("pressure"u8);
        json.WriteString("state"u8, pressure.State == PressureState.Pause ? "pause"u8 : "ok"u8);
        json.WriteNumber("depth"u8, pressure.Depth);
        json.WriteNumber("limit"u8, pressure.Limit);
        json.WriteEndObject();
    }

    private static void WriteOutcome(Utf8JsonWriter json, IngestOutcome outcome)
    {
        json.WriteStartObject();
        if (outcome.IsStored)
        {
            if (!outcome.Id.Epoch.IsNone)
            {
                json.WriteString("id"u8, outcome.Id.ToString());
            }

            json.WriteBoolean("duplicate"u8, outcome.Status == IngestStatus.Duplicate);
        }
        else
        {
            var refusal = IngestRefusal.Of(outcome.Status);
            json.WriteStartObject("error"u8);
            json.WriteString("code"u8, refusal.Code);
            json.WriteString("detail"u8, refusal.Detail);
            json.WriteBoolean("retry"u8, refusal.IsRetryable);
            if (outcome.Status == IngestStatus.ProducerGap)
            {
                json.WriteNumber("expected"u8, outcome.ExpectedSeq);
            }

            if (outcome.RetryAfter > TimeSpan.Zero)
            {
                json.WriteNumber("retry_after_ms"u8, (long)Math.Ceiling(outcome.RetryAfter.TotalMilliseconds));
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
