using System.CommandLine;
using Realtime.Loadtests.ClientProcesses;

namespace Realtime.Loadtests.Commands;

/// <summary><c>client</c>: what <c>--client-processes</c> starts; not for people, so that no help shows it.</summary>
internal static class ClientCommand
{
    /// <summary>Builds it.</summary>
    public static Command Create()
    {
        var command = new Command(ClientLines.Command, "Viewers for another process of this program.")
        {
            Hidden = true,
        };
        command.SetAction(async (_, stopping) =>
        {
            await using var loop = new ClientLoop(Console.In, Console.Out, TimeProvider.System);
            await loop.RunAsync(stopping);
            return ExitCodes.Passed;
        });
        return command;
    }
}
