namespace Realtime.Workers.Drain;

internal sealed partial class DrainRun
{
    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information,
            "Draining the connections of {Edge}, ordered by {By}: {Left} in {Deadline} s, {Pace} a second.")]
        public static partial void Ordered(
            ILogger logger, string edge, string by, int left, double deadline, int pace);

        [LoggerMessage(2, LogLevel.Warning,
            "The drain's pace is raised from {Asked} to {Pace} connections a second: {Left} are to be told within half "
            + "of {Deadline} s. Give it a longer deadline to spare the other workers.")]
        public static partial void PaceRaised(ILogger logger, int asked, int pace, int left, double deadline);

        [LoggerMessage(3, LogLevel.Warning, "The drain's deadline has passed: {Connections} connections are cut.")]
        public static partial void Cut(ILogger logger, int connections);

        [LoggerMessage(4, LogLevel.Information,
            "Drained of {Edge}: {Connections} connections, {Sent} told to leave, {Cut} cut, in {Seconds:0.0} s.")]
        public static partial void Drained(
            ILogger logger, string edge, int connections, int sent, int cut, double seconds);
    }
}
