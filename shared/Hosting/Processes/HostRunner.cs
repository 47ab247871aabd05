using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Realtime.Hosting.Configuration;

namespace Realtime.Hosting.Processes;

/// <summary>
/// Runs a process from <c>Program.cs</c>: <c>return await HostRunner.RunAsync(args, EdgeHost.Build);</c>
/// </summary>
/// <remarks>
/// How it leaves on SIGTERM or Ctrl+C: <c>/readyz</c> says draining; then <c>StoppingAsync</c> of the hosted lifecycle
/// services, while everything is still served: that is where a drain belongs; then the server stops listening and waits
/// for the requests that it has; then the other hosted services stop. All of it within
/// <see cref="ProcessOptions.ShutdownTimeout"/>. A second signal, half a second or more behind the first, ends the
/// process at once with 143 (SIGTERM) or 130 (SIGINT): nothing is waited for, open connections are cut.
/// </remarks>
public static class HostRunner
{
    /// <summary>Exit code of a process that ended as asked.</summary>
    public const int Ended = 0;

    /// <summary>Exit code of a process that could not start or broke.</summary>
    public const int Failed = 1;

    /// <summary>Exit code of a process whose configuration is wrong.</summary>
    public const int Misconfigured = 2;

    /// <summary>
    /// Builds the host, checks the whole configuration, and runs it until SIGTERM or Ctrl+C. Answers the exit code:
    /// 0 ended as asked, 2 the configuration is wrong (the list of errors is on stderr), 1 an address is not to be had;
    /// told twice to end, it ends itself at once (143 or 130).
    /// <c>--help</c> prints every configuration key.
    /// </summary>
    /// <param name="args">The command line.</param>
    /// <param name="build">Makes the host.</param>
    /// <param name="commands">What the process can do besides, for its help: a line for each; null = nothing.</param>
    public static Task<int> RunAsync(string[] args, Func<string[], WebApplication> build, string? commands = null) =>
        RunAsync(args, build, Console.Out, Console.Error, commands);

    internal static async Task<int> RunAsync(
        string[] args, Func<string[], WebApplication> build, TextWriter output, TextWriter errors,
        string? commands = null)
    {
        if (args.Contains("--help"))
        {
            if (commands is not null)
            {
                await output.WriteLineAsync($"{commands}\n");
            }

            await output.WriteLineAsync(Usage());
            return Ended;
        }

        try
        {
            await using WebApplication app = build(args);
            app.Services.GetService<CheckedConfiguration>()?.ThrowIfWrong();
            using var orders = new EndOrders(
                app.Services.GetService<TimeProvider>() ?? TimeProvider.System, Environment.Exit);
            orders.Listen();
            await app.RunAsync();
            return Ended;
        }
        catch (ConfigurationErrorException error)
        {
            await errors.WriteLineAsync(error.Message);
            return Misconfigured;
        }
        catch (IOException error) when (error.InnerException is AddressInUseException)
        {
            await errors.WriteLineAsync($"{error.Message} End the other process, or listen elsewhere.");
            return Failed;
        }
    }

    private static string Usage() =>
        $"""
        Options: --config PATH    the configuration (else environment variable REALTIME_CONFIG, else ./realtime.yaml)
                 --KEY VALUE      overrides a key, for example --connection_plane:session_ttl_seconds 600
        Environment variables override the file: REALTIME__CONNECTION_PLANE__SESSION_TTL_SECONDS=600

        Keys: key | what a value must be | default. Parts are nested sections of the file; * is an element of a list.
          {string.Join("\n  ", KnownKeys.Read())}
        """;
}
