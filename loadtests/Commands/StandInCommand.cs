using System.CommandLine;
using Realtime.Loadtests.StandIn;

namespace Realtime.Loadtests.Commands;

/// <summary><c>stand-in</c>: what <c>bench</c> starts behind proxies; not for people, so no help shows it.</summary>
internal static class StandInCommand
{
    /// <summary>Its name.</summary>
    public const string Name = "stand-in";

    /// <summary>Builds it.</summary>
    public static Command Create()
    {
        var port = new Argument<int>("port");
        var command = new Command(Name, "A worker's stand-in.") { port };
        command.Hidden = true;
        command.SetAction(async (parsed, stopping) =>
        {
            using var server = new StandInServer(parsed.GetValue(port));
            var over = new TaskCompletionSource();
            await using CancellationTokenRegistration registration = stopping.Register(over.SetResult);
            await over.Task;
            return ExitCodes.Passed;
        });
        return command;
    }
}
