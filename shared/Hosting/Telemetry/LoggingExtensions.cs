using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Realtime.Hosting.Telemetry;

/// <summary>What a process logs, and where.</summary>
internal static class LoggingExtensions
{
    // It logs what a start threw, stack trace and all, before HostRunner says the same with its cure. What ends the
    // process later, an exception of a background service, it logs as Critical.
    private const string HostCategory = "Microsoft.Extensions.Hosting.Internal.Host";
    private const string Timestamp = "yyyy-MM-ddTHH:mm:ss.fffZ";

    /// <summary>
    /// One line per entry, on stderr, so that stdout is free for what a process is asked to print, and entries keep
    /// their order. Frameworks begin at Warning, whatever the level: their request logs hold query strings, where
    /// tokens may stand.
    /// </summary>
    public static ILoggingBuilder AddRealtimeLogging(this ILoggingBuilder logging, TelemetryOptions options)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(options.LogLevel);
        LogLevel frameworks = options.LogLevel > LogLevel.Warning ? options.LogLevel : LogLevel.Warning;
        logging.AddFilter("Microsoft", frameworks).AddFilter("System", frameworks).AddFilter("Yarp", frameworks);
        logging.AddFilter(HostCategory, options.LogLevel > LogLevel.Critical ? options.LogLevel : LogLevel.Critical);
        if (options.LogFormat == LogFormat.Json)
        {
            logging.AddJsonConsole(json => (json.UseUtcTimestamp, json.TimestampFormat) = (true, Timestamp));
        }
        else
        {
            logging.AddSimpleConsole(text =>
                (text.SingleLine, text.UseUtcTimestamp, text.TimestampFormat) = (true, true, Timestamp + " "));
        }

        logging.Services.Configure<ConsoleLoggerOptions>(console =>
        {
            console.LogToStandardErrorThreshold = LogLevel.Trace;

            // A terminal or collector that stands still must not stop the process; a line says how many were dropped.
            console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite;
        });
        return logging;
    }
}
