using System.Globalization;
using System.Text;
using Realtime.Devhost.Demo;
using Realtime.Tests.Support;

namespace Realtime.Tests.Devhost;

public class RunningProgramTests
{
    [Fact]
    public async Task A_program_runs_on_a_terminal_of_a_known_size()
    {
        await using RunningProgram program = RunningProgram.Start("tty; stty size", "/");

        string output = await ReadToEndAsync(program);

        Assert.StartsWith("/dev/pts/", output);
        Assert.Contains("32 120", output);
    }

    [Theory]
    [InlineData("true", 0)]
    [InlineData("exit 3", 3)]
    public async Task Its_exit_code_is_its_own(string command, int expected)
    {
        await using RunningProgram program = RunningProgram.Start(command, "/");
        await ReadToEndAsync(program);

        Assert.Equal(expected, await program.WaitAsync(CancellationToken.None));
    }

    [Fact]
    public async Task What_it_started_ends_with_it()
    {
        int child;
        await using (RunningProgram program = RunningProgram.Start("sleep 300 & echo $!; wait", "/"))
        {
            var buffer = new byte[64];
            int read = await program.ReadAsync(buffer, CancellationToken.None);
            child = int.Parse(Encoding.ASCII.GetString(buffer, 0, read).Trim(), CultureInfo.InvariantCulture);
            Assert.True(Signals.IsAlive(child));
        }

        await Eventually.TrueAsync("the child has ended", () => !Signals.IsAlive(child));
    }

    private static async Task<string> ReadToEndAsync(RunningProgram program)
    {
        var output = new MemoryStream();
        var buffer = new byte[1024];
        while (await program.ReadAsync(buffer, CancellationToken.None) is > 0 and var read)
        {
            output.Write(buffer, 0, read);
        }

        return Encoding.UTF8.GetString(output.ToArray());
    }
}
