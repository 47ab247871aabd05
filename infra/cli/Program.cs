using System.Text;
using Realtime.Cli;
using Realtime.Cli.Terminals;

// Reads of terminals and pipes can't be awaited by the system: up to three wait on a thread each (input, the program's
// output, the answer of a slow peer), and on a small machine the pool would be slow to give others.
ThreadPool.GetMinThreads(out int workers, out int completions);
ThreadPool.SetMinThreads(Math.Max(workers, 8), completions);

var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
await using var output = new StreamWriter(new DescriptorStream(Descriptor.StandardOutput), utf8) { AutoFlush = true };
await using var errors = new StreamWriter(new DescriptorStream(Descriptor.StandardError), utf8) { AutoFlush = true };
return await RealtimeCommand.RunAsync(args, output, errors);
