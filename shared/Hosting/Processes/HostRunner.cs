using Microsoft.AspNetCore.Builder;

namespace Realtime.Hosting.Processes;

/// <summary>Runs a process from <c>Program.cs</c>: <c>return await HostRunner.RunAsync(args, EdgeHost.Build);</c></summary>
public static class HostRunner
{
    /// <summary>
    /// Builds the host, checks the whole configuration, and runs it until SIGTERM or Ctrl+C. Answers the exit code:
    /// 0 ended as asked, 2 the configuration is wrong (the list of errors is on stderr), 1 anything else.
    /// <c>--help</c> prints every configuration key.
    /// </summary>
    public static Task<int> RunAsync(string[] args, Func<string[], WebApplication> build) => throw new NotImplementedException();
}
